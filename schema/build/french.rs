//! The French of the prose: read of `schema/fr/<table>.toml`, one text for each that a table has in English,
//! and made by rule for columns that are made by rule.

use serde::Deserialize;

/// A text in both languages.
#[derive(Clone)]
pub struct Prose {
    pub en: String,
    pub fr: String,
}

/// The bucket of a tier in words.
#[derive(Clone, Copy)]
pub struct TierWord {
    pub en: &'static str,
    pub fr: &'static str,
    /// Behind `sur` or `dans`.
    pub on_fr: &'static str,
    pub by_fr: &'static str,
}

/// The French of a table.
pub struct French {
    path: String,
    pub about: String,
    pub rows: String,
    columns: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    table: OfTable,
    columns: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfTable {
    about: String,
    rows: String,
}

impl French {
    /// That of a table.
    pub fn of(table: &str) -> Result<French, String> {
        let path = format!("schema/fr/{table}.toml");
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
        let file: File = toml::from_str(&text).map_err(|e| format!("{path}: {e}"))?;
        Ok(French { path, about: file.table.about, rows: file.table.rows, columns: file.columns })
    }

    /// Takes out that of a column.
    pub fn column(&mut self, name: &str, en: &str) -> Result<Prose, String> {
        match self.columns.remove(name) {
            Some(toml::Value::String(fr)) if !fr.trim().is_empty() => Ok(Prose { en: en.into(), fr }),
            _ => Err(format!("{name} has no French: {} says it below [columns]", self.path)),
        }
    }

    /// Whether nothing is left that no column took.
    pub fn all_taken(&self) -> Result<(), String> {
        match self.columns.keys().next() {
            Some(name) => Err(format!("{} has {name}, which is no column", self.path)),
            None => Ok(()),
        }
    }
}

impl Prose {
    /// Of the rate of a counter of time.
    pub fn share_of_the_interval(of: &str) -> Prose {
        prose(format!("`{of}` as a share of the interval."), format!("`{of}` en part de l'intervalle."))
    }

    /// Of the rate of any other counter.
    pub fn a_second_of(of: &str) -> Prose {
        prose(format!("`{of}` a second of the interval."), format!("`{of}` par seconde de l'intervalle."))
    }

    /// Of the rate of one that is not read in each tick.
    pub fn a_second_over(of: &str, over: &str) -> Prose {
        prose(
            format!("`{of}` a second of `{over}`, in the rows that have them."),
            format!("`{of}` par seconde de `{over}`, dans les lignes qui les ont."),
        )
    }

    /// Of a tier's table.
    pub fn by_the(table: &str, word: TierWord) -> Prose {
        prose(format!("`{table}` by the {}.", word.en), format!("`{table}` {}.", word.by_fr))
    }

    /// How many rows the tier of a table has that has so many.
    pub fn a_bucket(&self, word: TierWord) -> Prose {
        prose(self.en.replace("tick", word.en), self.fr.replace("tick", word.fr))
    }

    /// Of a tier's `samples`.
    pub fn rows_that_went_in(table: &str) -> Prose {
        prose(format!("Rows of `{table}` that went in."), format!("Lignes de `{table}` prises en compte."))
    }

    /// Of what a tier has of this column: its mean.
    pub fn mean_over(&self, word: TierWord) -> Prose {
        prose(
            format!("{} Mean over the {}.", self.en, word.en),
            format!("{} Moyenne sur {}.", self.fr, word.on_fr),
        )
    }

    /// Of a tier's peak of a derived column.
    pub fn greatest_of_a_row(of: &str, word: TierWord) -> Prose {
        prose(
            format!("The greatest `{of}` of a row: of the peak within the {}, not of the whole.", word.en),
            format!(
                "Le plus grand `{of}` d'une ligne : celui de la pointe dans {}, non de l'ensemble.",
                word.on_fr
            ),
        )
    }

    /// Of a gauge's `_count` in a tier.
    pub fn rows_where_known(of: &str) -> Prose {
        prose(format!("Rows in which `{of}` was known."), format!("Lignes où `{of}` était connu."))
    }

    /// Of its `_sum`.
    pub fn sum_of(of: &str) -> Prose {
        prose(format!("Sum of the known values of `{of}`."), format!("Somme des valeurs connues de `{of}`."))
    }

    /// Of its `_min`.
    pub fn least(of: &str) -> Prose {
        prose(format!("The least `{of}`."), format!("Le plus petit `{of}`."))
    }

    /// Of its `_max`.
    pub fn greatest(of: &str) -> Prose {
        prose(format!("The greatest `{of}`."), format!("Le plus grand `{of}`."))
    }
}

fn prose(en: String, fr: String) -> Prose {
    Prose { en, fr }
}
