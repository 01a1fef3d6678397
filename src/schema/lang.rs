//! In which language texts are shown, and for whom.

/// A language that all prose is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    En,
    Fr,
}

/// For whom a text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Who meets the thing for the first time.
    #[default]
    Beginner,
    /// Who knows it, and wants the small print.
    Expert,
}

/// A text in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pub en: &'static str,
    pub fr: &'static str,
}

impl Lang {
    /// All of them.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Fr];

    /// What variables of the environment ask for: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set and
    /// not empty decides, as for every program; what is not French is English.
    pub fn of_variables(look: impl Fn(&str) -> Option<String>) -> Lang {
        let mut set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(look);
        set.find(|value| !value.is_empty()).map_or(Lang::En, |locale| Lang::of_locale(&locale))
    }

    /// The language of a locale such as `fr_CA.UTF-8`.
    pub fn of_locale(locale: &str) -> Lang {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("fr") { Lang::Fr } else { Lang::En }
    }

    /// The word for it in options: `en`, `fr`.
    pub fn name(self) -> &'static str {
        self.of("en", "fr")
    }

    /// The other one.
    pub fn other(self) -> Lang {
        self.of(Lang::Fr, Lang::En)
    }

    /// Of two things that which is in this language.
    pub fn of<T>(self, en: T, fr: T) -> T {
        match self {
            Lang::En => en,
            Lang::Fr => fr,
        }
    }
}

impl Words {
    /// The text in a language.
    pub fn of(&self, lang: Lang) -> &'static str {
        lang.of(self.en, self.fr)
    }
}
