//! Command lines without their secrets: arguments → one line. Pure; reads nothing.
//!
//! A recording outlives the process and travels, so what looks like a password, token or key is
//! replaced by `***` before it is kept. In doubt it is hidden: a word too many is lost sooner than
//! a secret told. What stands in a script (`sh -c "…"`) is looked through word by word, as a shell
//! would split it.

mod clients;
mod names;
mod scrub;
mod split;
mod tokens;

use clients::Client;
use names::{announces_secret, is_login_name, is_secret_name, is_secret_variable};
use scrub::scrub;
use split::{quoted, words};

/// The longest line that is kept, in bytes.
pub const LONGEST: usize = 1024;

/// What stands in a secret's place.
const HIDDEN: &str = "***";

/// A user without a password is a token from this length on.
const TOKEN_LENGTH: usize = 20;

/// How deep scripts within scripts are looked through.
const DEEPEST: usize = 4;

/// One line of a command's arguments: separated by spaces, secrets replaced by `***`, bytes that
/// are no UTF-8 and control characters replaced, at most [`LONGEST`] bytes.
pub fn command_line<'a>(args: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut line = Line::default();
    for (at, arg) in args.into_iter().enumerate() {
        if line.out.len() > LONGEST {
            break;
        }
        if at > 0 {
            line.out.push(' ');
        }
        line.argument(&one_line(arg));
    }
    let mut out = line.out;
    out.truncate(out.floor_char_boundary(LONGEST));
    out
}

/// The same of `/proc/PID/cmdline`, where each argument ends in NUL. `None` where there is none.
///
/// A last argument without its NUL may have been cut off by the reader in the middle of a secret,
/// where its end can no longer be told: it is left out of a line that is long enough without it.
#[cfg(target_os = "linux")]
pub fn proc_cmdline(bytes: &[u8]) -> Option<String> {
    let whole = match bytes.iter().rposition(|b| *b == 0) {
        Some(end) if bytes.len() > LONGEST => &bytes[..end],
        _ => bytes,
    };
    let end = whole.iter().rposition(|b| *b != 0)?;
    Some(command_line(whole[..=end].split(|b| *b == 0)))
}

/// The first argument of `/proc/PID/cmdline`, up to a space: what a program that writes a title of its own
/// there puts behind one is none of its name. `None` where there is none.
#[cfg(target_os = "linux")]
pub fn proc_program(bytes: &[u8]) -> Option<String> {
    let line = program(bytes.split(|byte| *byte == 0).next()?);
    (!line.is_empty()).then_some(line)
}

/// A program's own argument up to a space.
pub fn program(first: &[u8]) -> String {
    command_line(first.split(|byte| *byte == b' ').next())
}

/// Text that stays on its line: bytes that are no UTF-8 and control characters are replaced.
pub fn one_line(bytes: &[u8]) -> String {
    let clean = |c: char| match c {
        '\t' | '\n' | '\r' => ' ',
        '\u{2028}' | '\u{2029}' => ' ',
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    String::from_utf8_lossy(bytes).chars().map(clean).collect()
}

/// What the word before says of the next.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Next {
    #[default]
    Plain,
    Secret,
    /// A user, and behind a character a password.
    UserAndSecret(char),
}

/// A line in the making.
#[derive(Default)]
struct Line {
    out: String,
    next: Next,
    /// The program that the words are for, where it is one whose short options hold secrets.
    client: Option<&'static Client>,
    /// Whether the client has still to be told who logs in.
    is_login_due: bool,
    /// The argument before was a shell's `-c`.
    is_script: bool,
}

impl Line {
    fn argument(&mut self, text: &str) {
        let is_script = std::mem::replace(&mut self.is_script, announces_script(text));
        if self.wanted(text) || self.pass(text) {
            return;
        }
        if !text.contains(' ') {
            self.word(text, 0);
        } else if is_script || !(self.client_option(text) || self.assignment(text)) {
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
            let Some(end) = header_end(word).filter(|_| quoted(word).is_none()) else {
                self.word(word, depth);
                continue;
            };
            // The rest of the text is the header's value; the name of its scheme may stay.
            self.out.push_str(&word[..end]);
            if end == word.len() {
                let scheme = words.next().filter(|(_, word)| is_scheme(word));
                self.out.extend(scheme.map(|(_, word)| [" ", word]).into_iter().flatten());
                self.out.push(' ');
            }
            self.out.push_str(HIDDEN);
            return;
        }
    }

    fn word(&mut self, word: &str, depth: usize) {
        if self.wanted(word) || self.pass(word) {
            return;
        }
        if let Some((quote, inner)) = quoted(word).filter(|_| depth < DEEPEST) {
            self.out.push(quote);
            if inner.contains(' ') {
                if !self.assignment(inner) {
                    self.text(inner, depth + 1);
                }
                self.next = Next::Plain;
            } else {
                self.word(inner, depth + 1);
            }
            self.out.push(quote);
            return;
        }
        if let Some(end) = header_end(word) {
            self.out.push_str(&word[..end]);
            match end == word.len() {
                true => self.next = Next::Secret,
                false => self.out.push_str(HIDDEN),
            }
            return;
        }
        if self.client_option(word) || self.assignment(word) || self.named_option(word) || self.login(word) {
            return;
        }
        self.notice_client(word);
        if announces_secret(word) {
            self.next = Next::Secret;
        }
        // `X-Api-Key: …`, `"token": …`
        let last = word.strip_suffix(':').and_then(|names| names.rsplit([',', '{', '[']).next());
        let name = last.map(|name| name.trim_matches(['"', '\'']));
        if name.is_some_and(|name| is_key(name) && (is_secret_name(name) || is_secret_variable(name))) {
            self.next = Next::Secret;
        }
        scrub(word, &mut self.out);
    }

    /// Hides the word if the one before wants a secret; an option is none.
    fn wanted(&mut self, word: &str) -> bool {
        let next = std::mem::take(&mut self.next);
        if next == Next::Plain || (word.len() > 1 && word.starts_with('-')) {
            return false;
        }
        match next {
            Next::UserAndSecret(between) => self.user_and_secret(word, between),
            _ => self.out.push_str(HIDDEN),
        }
        true
    }

    fn user_and_secret(&mut self, word: &str, between: char) {
        match word.split_once(between) {
            // Without a password it is the user that is the secret, if it is long.
            Some((user, "")) if user.len() >= TOKEN_LENGTH => self.out.push_str(HIDDEN),
            Some((user, _)) => {
                scrub(user, &mut self.out);
                self.out.push(between);
                self.out.push_str(HIDDEN);
            }
            None => scrub(word, &mut self.out),
        }
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
        let between = clients::user_option(self.client, left);
        // `--basic-auth=user:password`; what has a name of its own in front is looked through below.
        let is_login = left.starts_with('-') && is_login_name(name);
        let is_pair =
            |value: &str| value.split_once(':').is_some_and(|(user, _)| !user.contains(['=', '/', ',']));
        if let Some(between) = between.or((is_login && is_pair(value)).then_some(':')) {
            self.out.push_str(&word[..until]);
            self.user_and_secret(value, between);
            return true;
        }
        let kept = self.out.len();
        self.out.push_str(&word[..until]);
        let is_hidden = left.starts_with('-') && self.assignment(value);
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
            _ => return false,
        };
        self.out.push_str(word);
        true
    }

    /// Short options of programs that are known to take secrets so.
    fn client_option(&mut self, word: &str) -> bool {
        let Some(client) = self.client else { return false };
        if let Some(between) = clients::user_option(self.client, word) {
            self.out.push_str(word);
            self.next = Next::UserAndSecret(between);
            return true;
        }
        let Some(rest) = client.rest_of_option(word) else { return false };
        let until = word.len() - rest.len();
        self.out.push_str(&word[..until]);
        if rest.is_empty() {
            self.next = if client.takes_next { Next::Secret } else { Next::Plain };
        } else if let Some(between) = client.takes_user {
            self.user_and_secret(rest, between);
        } else {
            self.out.push_str(HIDDEN);
        }
        true
    }

    /// `user/password@database`, the first word of a client that logs in so. What is quoted may have an `@` in it.
    fn login(&mut self, word: &str) -> bool {
        if !self.is_login_due || word.starts_with('-') {
            return false;
        }
        self.is_login_due = false;
        let Some((user, rest)) = word.split_once('/').filter(|(user, _)| !user.is_empty()) else {
            return false;
        };
        scrub(user, &mut self.out);
        self.out.push('/');
        self.out.push_str(HIDDEN);
        let behind = rest.rfind('"').map_or(0, |quote| quote + 1);
        if let Some((_, database)) = rest[behind..].rsplit_once('@') {
            self.out.push('@');
            scrub(database, &mut self.out);
        }
        true
    }

    /// Whether the next word stands where a command does.
    fn is_at_command(&self) -> bool {
        let before = self.out.trim_end();
        let last = before.rsplit(' ').next().unwrap_or_default();
        last.is_empty()
            || last.ends_with([';', '&', '|', '(', '`', '"', '\''])
            || ["-c", "sudo", "env", "exec", "nohup", "time"].contains(&last)
            || announces_script(last)
    }

    fn notice_client(&mut self, word: &str) {
        if word.starts_with('-') {
            return;
        }
        let program = word.trim_start_matches(['$', '(', '`', '{']);
        let program = program.trim_end_matches([';', ')', '`', '&', '|']);
        let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
        match clients::of_program(name.strip_suffix(".exe").unwrap_or(name)) {
            Some(client) if client.is_common && !self.is_at_command() => {}
            Some(client) => (self.client, self.is_login_due) = (Some(client), client.logs_in),
            // It is another command, or the one that the client runs.
            None if program.is_empty() || self.client.is_some_and(|c| c.runs_others) => self.client = None,
            None => {}
        }
        if word.ends_with([';', '&', '|']) {
            self.client = None;
        }
    }
}

/// Whether it is all of characters that names of options, variables and headers have.
fn is_key(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// Whether the next argument is a script: `-c`, or more letters with a `c` last, as in `bash -lc`.
fn announces_script(arg: &str) -> bool {
    arg.strip_prefix('-').is_some_and(|a| a.ends_with('c') && a.bytes().all(|b| b.is_ascii_lowercase()))
}

/// Where the value of a header begins that is secret as a whole.
fn header_end(word: &str) -> Option<usize> {
    let lower = word.to_ascii_lowercase();
    let ends = ["authorization:", "cookie:"].map(|name| lower.find(name).map(|at| at + name.len()));
    ends.into_iter().flatten().min()
}

fn is_scheme(word: &str) -> bool {
    let schemes = ["basic", "bearer", "digest", "negotiate", "token", "apikey", "aws4-hmac-sha256"];
    schemes.iter().any(|scheme| word.eq_ignore_ascii_case(scheme))
}
