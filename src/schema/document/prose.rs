//! What the page says beside the declarations, in each language.

use crate::schema::lang::Words;

/// How the page begins.
pub const INTRODUCTION: Words = Words {
    en: "\
# Tables and columns

This page is generated from `schema/*.toml`. `sysray schema` prints the same.

A row says what happened in its interval, or how things stood at its end:

- **key** columns say what the row is about: a device, a process. A thing that goes and comes back is
  a new one.
- **info** columns describe it.
- **gauge** columns are as they stood at the end of the interval.
- **counter** columns are what happened *in the interval*, not since boot: `sum()` over them is exact
  for the ticks recorded, and a rate is one division.
- **derived** columns are not stored: SQL computes them from stored ones of the same row. A counter
  `x` has a rate `x_per_s`, and a counter `x_us` a share of the interval `x_pct`, unless its table
  declares something better. Where an operand is NULL, or a divisor 0, they are NULL.

What is not known is NULL and never 0: no permission, no such kernel file, or a counter seen for the
first time. The unit is in the name: `_us` microseconds, `_bytes`, `_pct` percent from 0 to 100,
`_per_s` a second, `_celsius`, `_hz`, `_bits_per_s`.
",
    fr: "\
# Tables et colonnes

Cette page est tirée de `schema/*.toml`. `sysray schema --lang fr` en affiche autant.

Une ligne dit ce qui s'est passé dans son intervalle, ou où l'on en était à sa fin :

- les colonnes **key** (clés) disent sur quoi porte la ligne : un périphérique, un processus. Ce qui part et
  revient est nouveau.
- les colonnes **info** le décrivent.
- les colonnes **gauge** (jauges) sont l'état à la fin de l'intervalle.
- les colonnes **counter** (compteurs) sont ce qui s'est passé *dans l'intervalle*, non depuis le démarrage :
  `sum()` y est exact pour les ticks enregistrés, et un débit est une division.
- les colonnes **derived** (dérivées) ne sont pas stockées : SQL les calcule à partir de celles, stockées, de la
  même ligne. Un compteur `x` a un débit `x_per_s`, et un compteur `x_us` une part de l'intervalle `x_pct`, sauf si
  sa table déclare mieux. Si un opérande est NULL, ou un diviseur 0, elles sont NULL.

Ce qui n'est pas connu est NULL et jamais 0 : pas de droit, pas de tel fichier du noyau, ou un compteur vu pour la
première fois. L'unité est dans le nom : `_us` microsecondes, `_bytes` octets, `_pct` pour cent de 0 à 100,
`_per_s` par seconde, `_celsius`, `_hz`, `_bits_per_s`.
",
};

/// Above what all tables have.
pub const EVERY_TABLE: Words = Words { en: "\n## In every table\n\n", fr: "\n## Dans chaque table\n\n" };

/// Below it.
pub const ON_TIME: Words = Words {
    en: "\nSince `ts` is the *end* of an interval, a range of time leaves its beginning out and takes its end in.\n\
         Join tables on `host` and `tick`: that is exact whatever the clock did.\n",
    fr: "\nPuisque `ts` est la *fin* d'un intervalle, une plage de temps exclut son début et inclut sa fin.\n\
         Joignez les tables par `host` et `tick` : c'est exact quoi qu'ait fait l'horloge.\n",
};

/// What tiers are, and the head of the list of tables.
pub const TIERS: Words = Words {
    en: "\
\n## Tiers\n
Each table but `event` and `host` has two more, made of its rows once their hour is over: `cpu_1m` with
a row a minute, `cpu_1h` with a row an hour, and so on. A row stands for a bucket of time, which ends at
`ts` and begins, that instant left out, a minute or an hour before; buckets are those of the UTC clock.
`sysray schema cpu_1m` lists the columns of one. They follow from those of the table:

| of a row or column of `cpu` | `cpu_1m` and `cpu_1h` have |
| --- | --- |
| `tick` | the last one in the bucket |
| `interval_us` | the sum: how much of the bucket was recorded |
| rows | `samples`, how many went in |
| a key | the same: a row an entity and bucket |
| an info column | its last known value |
| a counter `x` | `x`, the sum of the known values |
| a gauge `g` | `g_sum` and `g_count` of the known values, `g_min`, `g_max`, and `g`, the mean, which is derived from the first two; yes and no count as 1 and 0 |
| a derived column `d` | `d`, derived from the sums above and from means, and `d_max`, the greatest `d` of a row: the peak of the rate, and not the rate of the whole; of what is reckoned from `ts` there is no `d_max` |

Where no value was known, a sum is NULL, as is one that is greater than its type can hold.

- `process_1m` and `process_1h` have rows for the first 20 processes of each bucket by CPU time, by
  mean resident memory and by bytes read and written; nothing is no place. All others are one row with
  NULL for `pid` and `start_time`, and `(rest)` for `comm`: they are added up tick by tick first, so
  that its `cpu_pct_max` and `rss_bytes_max` are those of the rest as a whole. What has no sum
  (`oom_score`, `rss_peak_bytes`, what describes a process) is NULL there; `samples` counts rows.
- Where the clock was set back into an hour that had its tiers already, or a part was sealed late, a
  bucket and entity can have more than one row. They add up: sum over them as over the rows of several
  buckets.
- A row of `cpu_1m` is there once its hour is over and sealed; ask `cpu` about what comes after.
\n## The tables\n
| table | rows | about |
| --- | --- | --- |
",
    fr: "\
\n## Paliers\n
Chaque table hormis `event` et `host` en a deux autres, faites de ses lignes une fois leur heure terminée : `cpu_1m`
avec une ligne par minute, `cpu_1h` avec une ligne par heure, et ainsi de suite. Une ligne y vaut pour une tranche
de temps qui finit à `ts` et commence, cet instant exclu, une minute ou une heure avant ; les tranches sont celles de
l'horloge UTC. `sysray schema cpu_1m --lang fr` énumère les colonnes de l'une. Elles découlent de celles de la table :

| d'une ligne ou colonne de `cpu` | `cpu_1m` et `cpu_1h` ont |
| --- | --- |
| `tick` | le dernier de la tranche |
| `interval_us` | la somme : combien de la tranche a été enregistré |
| les lignes | `samples`, combien ont été prises en compte |
| une clé | la même : une ligne par entité et tranche |
| une colonne info | sa dernière valeur connue |
| un compteur `x` | `x`, la somme des valeurs connues |
| une jauge `g` | `g_sum` et `g_count` des valeurs connues, `g_min`, `g_max`, et `g`, la moyenne, dérivée des deux premières ; oui et non comptent pour 1 et 0 |
| une colonne dérivée `d` | `d`, dérivée des sommes ci-dessus et de moyennes, et `d_max`, le plus grand `d` d'une ligne : la pointe du débit, et non le débit de l'ensemble ; de ce qui se calcule à partir de `ts`, il n'y a pas de `d_max` |

Là où aucune valeur n'était connue, une somme est NULL, comme l'est celle que son type ne peut contenir.

- `process_1m` et `process_1h` ont des lignes pour les 20 premiers processus de chaque tranche par temps CPU, par
  mémoire résidente moyenne et par octets lus et écrits ; rien ne donne aucune place. Tous les autres font une ligne
  avec NULL pour `pid` et `start_time`, et `(rest)` pour `comm` : ils sont d'abord additionnés tick par tick, si bien
  que `cpu_pct_max` et `rss_bytes_max` sont ceux du reste dans son ensemble. Ce qui n'a pas de somme (`oom_score`,
  `rss_peak_bytes`, ce qui décrit un processus) y est NULL ; `samples` compte des lignes.
- Là où l'horloge a été reculée dans une heure qui avait déjà ses paliers, ou une partie scellée tard, une tranche et
  une entité peuvent avoir plus d'une ligne. Elles s'additionnent : sommez-les comme les lignes de plusieurs tranches.
- Une ligne de `cpu_1m` existe une fois son heure terminée et scellée ; pour la suite, interrogez `cpu`.
\n## Les tables\n
| table | lignes | objet |
| --- | --- | --- |
",
};

/// The head of a table's columns.
pub const HEAD: Words = Words {
    en: "| column | type | unit | kind | about |\n| --- | --- | --- | --- | --- |\n",
    fr: "| colonne | type | unité | genre | objet |\n| --- | --- | --- | --- | --- |\n",
};

/// Before the number of rows.
pub const ROWS: Words = Words { en: "Rows:", fr: "Lignes :" };

/// Before a source.
pub const FROM: Words = Words { en: "From", fr: "Source :" };
