//! Programs of which options or words hold secrets. The same letter is harmless elsewhere (`mkdir -p`,
//! `ssh -p 22`, `docker run -p 80:80`), so it counts only behind these, and where they have subcommands
//! behind those.

use super::table::CLIENTS;

/// A program, or several of one kind, and what of its words is secret.
pub struct Client {
    pub programs: &'static [&'static str],
    /// Programs whose names begin so are of the kind too.
    pub prefix: Option<&'static str>,
    /// The options count behind one of these words; without any, everywhere.
    pub after: &'static [&'static str],
    pub options: &'static [(&'static str, Takes)],
    /// Options of one letter that take no value, and may stand before another in one word: `curl -sSu`.
    pub flags: &'static str,
    /// Words that are no options, and secrets.
    pub words: &'static [Words],
    /// The first word that is no option is `user/password` or `user/password@database`.
    pub logs_in: bool,
    /// Its name is a common word, and is only that where a command stands.
    pub is_common: bool,
    /// It runs another program, whose options are not its own.
    pub runs_others: bool,
}

/// Nothing of all that.
pub const PLAIN: Client = Client {
    programs: &[],
    prefix: None,
    after: &[],
    options: &[],
    flags: "",
    words: &[],
    logs_in: false,
    is_common: false,
    runs_others: false,
};

/// What an option takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// A secret: what follows in the same word, else the next.
    Secret,
    /// A secret that is always the next word: longer words that begin so are other options (`openssl -key`).
    Next,
    /// A secret in the same word: with MySQL's the next is a database.
    Glued,
    /// A name and a secret, and what stands between.
    Pair(char),
    /// A host, before which user and password may stand: `user:password@host`.
    Login,
    /// A header, of which the name says whether it is secret.
    Header,
}

/// Words that are secrets by where they stand.
pub struct Words {
    /// Behind one of these; of a program without subcommands behind itself.
    pub after: &'static [&'static str],
    /// Or behind an option that has this letter.
    pub option: Option<char>,
    /// From this one on, counted from 0.
    pub from: usize,
    /// They are `name=secret`, and no others are secret.
    pub has_values: bool,
}

impl Words {
    pub const fn behind(after: &'static [&'static str], from: usize) -> Words {
        Words { after, option: None, from, has_values: false }
    }

    /// Whether the option says that there will be such words.
    pub fn is_announced_by_option(&self, word: &str) -> bool {
        let flags = word.strip_prefix('-').filter(|flags| !flags.starts_with('-'));
        self.option.zip(flags).is_some_and(|(letter, flags)| flags.contains(letter))
    }
}

/// Behind these words stands a program with options of its own: `docker exec db mysql …`.
pub const RUN_OTHERS: [&str; 3] = ["run", "exec", "compose"];

impl Client {
    /// Where in the word the value of the option begins that it is: at its end where that is the next word.
    pub fn option(&self, word: &str) -> Option<(usize, Takes)> {
        let exact = self.options.iter().find(|(option, _)| word == *option);
        if let Some((option, takes)) = exact {
            return Some((option.len(), *takes));
        }
        let may_hold = |(option, takes): &&(&str, Takes)| {
            *takes != Takes::Next && !option.starts_with("--") && word.starts_with(option)
        };
        if let Some((option, takes)) = self.options.iter().find(may_hold) {
            return Some((option.len(), *takes));
        }
        let letters = word.strip_prefix('-').filter(|letters| !letters.starts_with('-'))?;
        let at = letters.find(|letter| !self.flags.contains(letter)).filter(|at| *at > 0)?;
        let letter = letters[at..].chars().next()?;
        let is_letter = |(option, _): &&(&str, Takes)| option.len() == 2 && option.ends_with(letter);
        let (_, takes) = self.options.iter().find(is_letter)?;
        Some((1 + at + letter.len_utf8(), *takes))
    }
}

/// The client that a program's name, without folder, stands for.
pub fn of_program(name: &str) -> Option<&'static Client> {
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let of = |c: &&Client| c.programs.contains(&name) || c.prefix.is_some_and(|p| name.starts_with(p));
    CLIENTS.iter().filter(|_| is_name).find(of)
}
