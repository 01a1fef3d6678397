//! What a key of the configuration is. It holds no value: those are `Config`'s.

/// How the text of a value is read.
pub type Parse<T> = fn(&str) -> Result<T, String>;

/// A key and the type of its values.
pub struct Key<T> {
    pub declared: &'static Declared,
    pub parse: Parse<T>,
}

/// All there is to know of a key. File, variable, option, help and example are made of it.
pub struct Declared {
    /// The table in the file; empty at its beginning.
    pub table: &'static str,
    pub name: &'static str,
    pub kind: Kind,
    pub default: Otherwise,
    pub flag: Option<Flag>,
    /// What it is for, in a sentence without its full stop.
    pub about: &'static str,
    pub check: Parse<()>,
}

/// How a value is written in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word.
    Word,
    /// A path, in the file from the root on.
    Path,
    /// A time with its unit.
    Time,
    /// A size or a share: a number, or a text with a unit.
    Amount,
    /// Texts in a list; as one text they are JSON, which is how the file has them too.
    Words,
    /// A whole number, or "none".
    Count,
    /// true or false.
    Switch,
}

/// What holds where a key is given nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// A value.
    Is(&'static str),
    /// What these words say; and a value for the example.
    Says(&'static str, &'static str),
}

/// The option that gives a key.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    pub long: &'static str,
    pub short: Option<char>,
    pub value_name: &'static str,
}

impl Declared {
    /// The table and the name, by which it is known: `record.interval`.
    pub fn path(&self) -> String {
        if self.table.is_empty() { self.name.into() } else { format!("{}.{}", self.table, self.name) }
    }

    /// The variable of the environment that gives it. Only collectors have names in common.
    pub fn variable(&self) -> String {
        let name = if self.table.starts_with("collect.") { self.path() } else { self.name.into() };
        format!("SYSRAY_{}", name.replace('.', "_").to_uppercase())
    }

    /// A value as it stands in the file.
    pub fn written(&self, text: &str) -> String {
        self.kind.written(text)
    }
}

impl Kind {
    /// A value of this kind as it stands in the file.
    pub fn written(self, text: &str) -> String {
        if self == Kind::Words {
            // As JSON has it, so has TOML; with blanks it reads better.
            let words = serde_json::from_str::<Vec<String>>(text);
            return words.map_or(text.into(), |words| toml::Value::from(words).to_string());
        }
        let is_bare = match self {
            Kind::Switch | Kind::Words => true,
            Kind::Count | Kind::Amount => is_number(text),
            Kind::Word | Kind::Path | Kind::Time => false,
        };
        if is_bare { text.into() } else { toml::Value::from(text).to_string() }
    }
}

/// Whether a text is a number as the file takes it without quotes.
fn is_number(text: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    is_digits(whole) && is_digits(decimals) && (whole == "0" || !whole.starts_with('0'))
}
