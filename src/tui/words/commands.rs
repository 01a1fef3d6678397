//! What may be typed behind `:`, a command a line: how it is written, and what it does.

use super::Word;

words! {
    PANEL: "PANEL or VIEW{} shows it: cpu, memory, io, full", "PANNEAU ou VUE{} l'affiche : cpu, memory, io, full";
    LANG: "lang en or fr{} the language", "lang en ou fr{} la langue";
    THEME: "theme NAME{} the colours: dark, light, high-contrast or mono", "theme NOM{} les couleurs : dark, light, high-contrast ou mono";
    GO: "go TIME{} jumps there, as b does", "go INSTANT{} y saute, comme b";
    UNTIL: "until CONDITION{} on to where it holds: until cpu > 90", "until CONDITION{} en avant jusque-là : until cpu > 90";
    SINCE: "since CONDITION{} back to where it holds", "since CONDITION{} en arrière jusque-là";
    ZOOM: "zoom LENGTH{} so much around the cursor: zoom 1h", "zoom DURÉE{} autant autour du curseur : zoom 1h";
    SORT: "sort COLUMN{} rows by any column of their table", "sort COLONNE{} lignes par une colonne de leur table";
    SQL: "sql QUESTION{} asks in SQL, as Q does", "sql QUESTION{} demande en SQL, comme Q";
    EXPORT: "export PATH{} writes what the panel shows", "export CHEMIN{} écrit ce que montre le panneau";
    HOST: "host NAME{} another host of the store", "host NOM{} un autre hôte du dépôt";
    QUIT: "q{} quits", "q{} quitte";
}
