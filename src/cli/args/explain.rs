//! What can be typed to have a word explained.

use clap::ValueEnum;

use crate::schema::{self, Lang};

pub const EXPLAIN_EXAMPLES: &str = "\
Examples:
  sysray explain                             all terms, by domain
  sysray explain steal                       a concept
  sysray explain load average
  sysray explain process.cpu_us              a column
  sysray explain cpu_us                      the columns of that name, whichever table has them
  sysray explain iowait --audience expert    the small print alone
  sysray explain \"défaut majeur\" --lang fr   in French

Case and accents do not matter. Exit codes: 0 explained, 2 nothing is known of it.";

#[derive(clap::Args)]
pub struct Explain {
    /// A concept, a table, a column; without one all terms are listed
    #[arg(value_name = "TERM")]
    pub term: Vec<String>,
    #[command(flatten)]
    pub spoken: Spoken,
    /// For whom; without it both texts
    #[arg(long, value_enum)]
    pub audience: Option<Audience>,
}

/// In which language.
#[derive(clap::Args)]
pub struct Spoken {
    /// In which language: en, fr; else what LC_ALL, LC_MESSAGES or LANG say
    #[arg(long, value_enum)]
    pub lang: Option<Language>,
}

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    En,
    Fr,
}

/// For whom a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Audience {
    /// Who meets it for the first time
    Beginner,
    /// Who knows it, and wants the small print
    Expert,
}

impl Spoken {
    /// The language that was asked for, else that of the environment.
    pub fn lang(&self) -> Lang {
        self.lang.map_or_else(|| Lang::of_variables(|name| std::env::var(name).ok()), Language::lang)
    }
}

impl Language {
    /// As the schema knows it.
    pub fn lang(self) -> Lang {
        match self {
            Language::En => Lang::En,
            Language::Fr => Lang::Fr,
        }
    }
}

impl From<Audience> for schema::Audience {
    fn from(audience: Audience) -> Self {
        match audience {
            Audience::Beginner => schema::Audience::Beginner,
            Audience::Expert => schema::Audience::Expert,
        }
    }
}
