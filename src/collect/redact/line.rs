//! A line in the making, word by word.

use super::clients::{Client, Words};
use super::names::{
    announces_secret, is_cookie_name, is_key, is_login_name, is_plural_of_secret, is_secret_name,
    is_secret_variable,
};
use super::next::Next;
use super::scrub::scrub;
use super::split::{quoted, words};
use super::{HIDDEN, header};

/// How deep scripts within scripts are looked through.
const DEEPEST: usize = 4;

#[derive(Default)]
pub struct Line {
    pub out: String,
    pub next: Next,
    /// The program that the words are for, where it is one of which some hold secrets.
    pub client: Option<&'static Client>,
    /// Whether its options hold them: the subcommand of which that is true was there.
    pub is_open: bool,
    /// Which of its words are secrets, and how many that are no options there were since that is known.
    pub words: Option<&'static Words>,
    pub count: usize,
    /// Whether the client has still to be told who logs in.
    pub is_login_due: bool,
    /// The argument before was a shell's `-c`.
    is_script: bool,
}

impl Line {
    pub fn argument(&mut self, text: &str) {
        let is_script = std::mem::replace(&mut self.is_script, announces_script(text));
        if self.wanted(text) || self.pass(text) || self.header_option(text) {
            return;
        }
        if !text.contains(' ') {
            self.word(text, 0);
        } else if is_script || !(self.client_option(text) || self.assignment(text) || self.secret_word(text))
        {
            self.text(text, 0);
            // What a text leaves open ends with it.
            self.next = Next::Plain;
        }
    }

    /// Several words in one argument or between quotes.
    fn text(&mut self, text: &str, depth: usize) {
        let mut words = words(text);
        while let Some((blank, word)) = words.next() {
            self.out.push_str(blank);
            let Some(end) = header::value_of_any(word).filter(|_| quoted(word).is_none()) else {
                self.word(word, depth);
                continue;
            };
            // The rest of the text is the header's value; the name of its scheme may stay.
            self.out.push_str(&word[..end]);
            if end == word.len() {
                let scheme = words.next().filter(|(_, word)| header::is_scheme(word));
                self.out.extend(scheme.map(|(_, word)| [" ", word]).into_iter().flatten());
                self.out.push(' ');
            }
            self.out.push_str(HIDDEN);
            return;
        }
    }

    fn word(&mut self, word: &str, depth: usize) {
        if self.wanted(word) || self.pass(word) || self.header_option(word) {
            return;
        }
        if let Some((quote, inner)) = quoted(word).filter(|_| depth < DEEPEST) {
            self.between_quotes(quote, inner, depth);
            return;
        }
        if let Some(end) = header::value_of_any(word) {
            self.out.push_str(&word[..end]);
            match end == word.len() {
                true => self.next = Next::Secret,
                false => self.out.push_str(HIDDEN),
            }
            return;
        }
        if self.client_option(word) || self.assignment(word) || self.named_option(word) {
            return;
        }
        if self.login(word) || self.secret_word(word) {
            return;
        }
        self.notice_client(word);
        self.notice_name(word);
        scrub(word, &mut self.out);
    }

    fn between_quotes(&mut self, quote: char, inner: &str, depth: usize) {
        self.out.push(quote);
        if inner.contains(' ') {
            if !(self.client_option(inner) || self.assignment(inner) || self.secret_word(inner)) {
                self.text(inner, depth + 1);
            }
            self.next = Next::Plain;
        } else {
            self.word(inner, depth + 1);
        }
        self.out.push(quote);
    }

    /// What a word that is no option says of the next: it is the name of a secret, in whatever notation.
    fn notice_name(&mut self, word: &str) {
        if announces_secret(word) {
            self.next = Next::Secret;
            return;
        }
        // `X-Api-Key: …`, `"token": …`, `"token" : …`
        let body = word.strip_suffix(':').unwrap_or(word);
        let name = body.rsplit([',', '{', '[', '=']).next().unwrap_or(body);
        let name = name.trim_matches(['"', '\'', '\\']);
        let has_colon = body.len() < word.len();
        if is_key(name) && (is_secret_name(name) || is_secret_variable(name)) {
            self.next = if has_colon { Next::Value } else { Next::Sign };
        } else if has_colon && is_plural_of_secret(name) {
            self.next = Next::List;
        } else if opens_list(word) {
            self.next = Next::InList;
        }
    }

    /// `--header=…`, `-H…`
    fn header_option(&mut self, word: &str) -> bool {
        if header::is_option(word) {
            // What a client means by the option is looked at first.
            if !self.client_option(word) {
                self.out.push_str(word);
            }
            self.next = Next::Header;
            return true;
        }
        header::in_option(word).is_some_and(|(at, _)| self.header(word, at))
    }

    /// openssl's way to say that this is itself the password: `pass:…`, spaces too.
    fn pass(&mut self, word: &str) -> bool {
        let is_pass = word.strip_prefix("pass:").is_some_and(|pass| !pass.is_empty());
        if is_pass {
            self.out.push_str("pass:");
            self.out.push_str(HIDDEN);
        }
        is_pass
    }

    /// `--password=…`, `-Dapp.token=…`, `PGPASSWORD=…`; also behind an option: `--env=PGPASSWORD=…`.
    /// All that follows the sign is the value, spaces too.
    fn assignment(&mut self, word: &str) -> bool {
        let body = word.trim_start_matches(['"', '\'']);
        let Some((left, value)) = body.split_once('=') else { return false };
        let name = left.trim_start_matches('-');
        let name = if left.starts_with("-D") { &name[1..] } else { name };
        if !is_key(name) {
            return false;
        }
        let until = word.len() - value.len();
        if is_secret_name(name) || is_secret_variable(name) {
            self.out.push_str(&word[..until]);
            if !value.is_empty() {
                self.out.push_str(HIDDEN);
            }
            return true;
        }
        // `--basic-auth=user:password`; what has a name of its own in front is looked through below.
        let is_option = left.starts_with('-');
        let is_pair =
            |value: &str| value.split_once(':').is_some_and(|(user, _)| !user.contains(['=', '/', ',']));
        let between = self.pair_option(left);
        let between = between.or((is_option && is_login_name(name) && is_pair(value)).then_some(':'));
        let between = between.or((is_option && is_cookie_name(name)).then_some('='));
        if let Some(between) = between {
            self.out.push_str(&word[..until]);
            self.user_and_secret(value, between);
            return true;
        }
        let kept = self.out.len();
        self.out.push_str(&word[..until]);
        let is_hidden = is_option && self.assignment(value);
        if !is_hidden {
            self.out.truncate(kept);
        }
        is_hidden
    }

    /// `--password` and its like, whose value is the next word.
    fn named_option(&mut self, word: &str) -> bool {
        let name = word.trim_start_matches('-');
        // One letter behind one dash is some program's own.
        let is_named = word.starts_with("--") || (word.starts_with('-') && name.len() > 1);
        self.next = match is_named && is_key(name) {
            true if is_secret_name(name) => Next::Secret,
            true if is_login_name(name) => Next::UserAndSecret(':'),
            true if is_cookie_name(name) => Next::UserAndSecret('='),
            _ => return false,
        };
        self.out.push_str(word);
        true
    }
}

/// Whether the next argument is a script: `-c`, or more letters with a `c` last, as in `bash -lc`.
pub fn announces_script(arg: &str) -> bool {
    arg.strip_prefix('-').is_some_and(|a| a.ends_with('c') && a.bytes().all(|b| b.is_ascii_lowercase()))
}

/// Whether a list of secrets begins in the word and goes on behind it: `"tokens":["…",`.
fn opens_list(word: &str) -> bool {
    let Some((before, _)) = word.rsplit_once('[').filter(|(_, list)| !list.contains(']')) else {
        return false;
    };
    let Some(before) = before.strip_suffix([':', '=']) else { return false };
    let name = before.trim_end_matches(['"', '\'', '\\']);
    let name = name.rsplit(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).next().unwrap_or("");
    is_secret_name(name) || is_plural_of_secret(name)
}
