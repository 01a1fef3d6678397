//! What a word says of those behind it.

use super::HIDDEN;
use super::header;
use super::line::Line;

/// What the next word is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Next {
    #[default]
    Plain,
    Secret,
    /// A user, and behind a character a password.
    UserAndSecret(char),
    /// A host, before which user and password may stand.
    Login,
    /// A header, of which the name says whether it is secret.
    Header,
    /// A colon or an equals sign, if the word before was the name of a value.
    Sign,
    /// A value, or a list of them: `"token": …`.
    Value,
    /// The same, and nothing if it is no list: `"tokens": 100`.
    List,
    /// More of a list that has begun.
    InList,
}

impl Line {
    /// Hides the word if the one before wants a secret; an option is none.
    pub fn wanted(&mut self, word: &str) -> bool {
        let next = std::mem::take(&mut self.next);
        let is_option = word.len() > 1 && word.starts_with('-');
        match next {
            Next::Plain => false,
            Next::InList => self.listed(word),
            Next::Value | Next::List if word.starts_with('[') => self.listed(word),
            Next::List => false,
            _ if is_option => false,
            Next::Header => self.header(word, 0),
            Next::Sign => self.sign(word),
            Next::Login => {
                self.login_at(word);
                true
            }
            Next::UserAndSecret(between) => {
                self.user_and_secret(word, between);
                true
            }
            Next::Secret | Next::Value => {
                self.out.push_str(HIDDEN);
                true
            }
        }
    }

    /// A word of a list, which goes on behind it unless it ends in it.
    fn listed(&mut self, word: &str) -> bool {
        self.out.push_str(HIDDEN);
        if word.contains(']') {
            let behind = word.rfind(']').map_or("", |end| &word[end..]);
            self.out.push_str(behind);
        } else {
            self.next = Next::InList;
        }
        true
    }

    /// The sign between a name and its value, and the value where it is in the same word.
    fn sign(&mut self, word: &str) -> bool {
        let value = word.trim_start_matches([':', '=', '>']);
        let sign = &word[..word.len() - value.len()];
        if sign.is_empty() {
            return false;
        }
        self.out.push_str(sign);
        self.next = Next::Value;
        if !value.is_empty() {
            self.wanted(value);
        }
        true
    }

    /// A header behind `at` bytes of a word, if it is one with a secret.
    pub fn header(&mut self, word: &str, at: usize) -> bool {
        let Some(begin) = header::value(&word[at..]).map(|begin| at + begin) else { return false };
        let value = &word[begin..];
        let blank = value.len() - value.trim_start_matches(' ').len();
        self.out.push_str(&word[..begin + blank]);
        let value = &value[blank..];
        let end = value.trim_end_matches(['"', '\'']).len();
        match end {
            0 => self.next = Next::Secret,
            _ => self.out.push_str(HIDDEN),
        }
        self.out.push_str(&value[end..]);
        true
    }

    /// `user:password@host`, with a scheme before it or none.
    pub fn login_at(&mut self, word: &str) {
        let login = word.rsplit_once('@').filter(|(login, _)| !login.contains("://"));
        let Some((user, host)) = login.and_then(|(login, host)| Some((login.split_once(':')?.0, host)))
        else {
            super::scrub::scrub(word, &mut self.out);
            return;
        };
        self.out.extend([user, ":", HIDDEN, "@", host]);
    }

    pub fn user_and_secret(&mut self, word: &str, between: char) {
        let (quote, body) = match word.chars().next() {
            Some(quote @ ('"' | '\'')) => (&word[..1], word[1..].strip_suffix(quote).unwrap_or(&word[1..])),
            _ => ("", word),
        };
        self.out.push_str(quote);
        match body.split_once(between) {
            // Without a password it is the user that is the secret, if it is long.
            Some((user, "")) if user.len() >= super::TOKEN_LENGTH => self.out.push_str(HIDDEN),
            Some((user, _)) => {
                super::scrub::scrub(user, &mut self.out);
                self.out.push(between);
                self.out.push_str(HIDDEN);
            }
            None => super::scrub::scrub(body, &mut self.out),
        }
        if word.len() > 1 && word.ends_with(quote) {
            self.out.push_str(quote);
        }
    }
}
