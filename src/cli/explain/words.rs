//! What stands between the texts, in each language.

use crate::schema::Words;

const fn words(en: &'static str, fr: &'static str) -> Words {
    Words { en, fr }
}

pub const BEGINNER: Words = words("What to make of it", "Ce qu'il faut en penser");
pub const EXPERT: Words = words("The small print", "Dans le détail");
pub const SEE: Words = words("See", "Voir");
pub const FOUND_TOO: Words = words("Found too", "Trouvé aussi");
pub const MORE: Words = words("and {} more", "et {} de plus");
pub const UNIT: Words = words("unit", "unité");
pub const KIND: Words = words("kind", "genre");
pub const TYPE: Words = words("type", "type");
pub const SOURCE: Words = words("source", "source");
pub const FORMULA: Words = words("reckoned as", "calcul");
pub const WHERE: Words = words("where", "où");
pub const ROWS: Words = words("rows", "lignes");
pub const COLUMNS: Words = words("columns", "colonnes");
pub const EVERY_TABLE: Words = words("every table", "toutes les tables");
pub const ALIASES: Words = words("also", "aussi");
pub const IN_TABLES: Words = words("{}: a column of {} tables", "{} : une colonne de {} tables");
pub const TABLES: Words = words("Tables", "Tables");
pub const HOW_ON: Words = words(
    "sysray explain TERM tells of one, sysray explain TABLE.COLUMN of a column, sysray schema TABLE lists columns.",
    "sysray explain TERME en explique un, sysray explain TABLE.COLONNE une colonne, sysray schema TABLE énumère les colonnes.",
);
pub const NOTHING: Words = words("nothing is known of {}", "rien n'est connu de {}");
pub const NEAR: Words = words("near it are {}", "en sont proches {}");
pub const LISTED: Words =
    words("`sysray explain` lists all terms", "`sysray explain` énumère tous les termes");
