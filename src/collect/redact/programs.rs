//! What words are to the program that they are for.

use super::HIDDEN;
use super::clients::{self, RUN_OTHERS, Takes};
use super::line::{Line, announces_script};
use super::names::is_key;
use super::next::Next;
use super::scrub::scrub;

impl Line {
    /// Options of programs that are known to take secrets so.
    pub fn client_option(&mut self, word: &str) -> bool {
        let Some(client) = self.client else { return false };
        if client.words.iter().any(|words| words.is_announced_by_option(word)) {
            self.words = client.words.iter().find(|words| words.is_announced_by_option(word));
        }
        let Some((at, takes)) = client.option(word).filter(|_| self.is_open) else { return false };
        let (option, value) = word.split_at(at);
        self.out.push_str(option);
        match takes {
            Takes::Glued if value.is_empty() => {}
            Takes::Pair(between) if value.is_empty() => self.next = Next::UserAndSecret(between),
            Takes::Pair(between) => self.user_and_secret(value, between),
            Takes::Login if value.is_empty() => self.next = Next::Login,
            Takes::Login => self.login_at(value),
            Takes::Header if value.is_empty() => self.next = Next::Header,
            Takes::Header => {
                if !self.header(value, 0) {
                    scrub(value, &mut self.out);
                }
            }
            _ if value.is_empty() => self.next = Next::Secret,
            _ => self.out.push_str(HIDDEN),
        }
        true
    }

    /// What stands between user and secret of an option that takes both.
    pub fn pair_option(&self, word: &str) -> Option<char> {
        match self.client?.option(word).filter(|(at, _)| self.is_open && *at == word.len())?.1 {
            Takes::Pair(between) => Some(between),
            _ => None,
        }
    }

    /// `user/password@database`, the first word of a client that logs in so. What is quoted may have an `@` in it.
    pub fn login(&mut self, word: &str) -> bool {
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

    /// A word that is no option, and a secret by where it stands: `vault login …`.
    pub fn secret_word(&mut self, word: &str) -> bool {
        let Some(words) = self.words else { return false };
        let body = word.trim_end_matches([';', '&', '|']);
        if body.is_empty() || body.starts_with(['-', '@', '>', '<']) {
            return false;
        }
        self.count += 1;
        let is_pair = |(name, value): &(&str, &str)| is_key(name) && !value.trim_matches('=').is_empty();
        let pair = body.split_once('=').filter(is_pair);
        if self.count <= words.from || pair.is_some() != words.has_values {
            return false;
        }
        let kept = pair.map_or(0, |(name, _)| name.len() + 1);
        self.out.extend([&body[..kept], HIDDEN, &word[body.len()..]]);
        if is_end(word) {
            self.leave_client();
        }
        true
    }

    /// Whether the next word stands where a command does.
    fn is_at_command(&self) -> bool {
        let before = self.out.trim_end();
        let last = before.rsplit(' ').next().unwrap_or_default();
        last.is_empty()
            || last.ends_with([';', '&', '|', '(', '`', '"', '\''])
            || ["-c", "sudo", "doas", "env", "exec", "nohup", "time", "then", "do", "else"].contains(&last)
            || announces_script(last)
    }

    /// Takes note of a program, or of the subcommand of one.
    pub fn notice_client(&mut self, word: &str) {
        if word.starts_with('-') {
            return;
        }
        let program = word.trim_start_matches(['$', '(', '`', '{']);
        let program = program.trim_end_matches([';', ')', '`', '&', '|']);
        let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
        match clients::of_program(name.strip_suffix(".exe").unwrap_or(name)) {
            Some(client) if client.is_common && !self.is_at_command() && !self.may_begin(client) => {
                self.notice_subcommand(program);
            }
            Some(client) => {
                (self.client, self.is_login_due) = (Some(client), client.logs_in);
                self.is_open = client.after.is_empty();
                (self.words, self.count) = (client.words.iter().find(|words| words.after.is_empty()), 0);
            }
            // It is another command, or the one that the client runs.
            None if program.is_empty() || self.client.is_some_and(|c| c.runs_others) => self.leave_client(),
            None => self.notice_subcommand(program),
        }
        if is_end(word) {
            self.leave_client();
        }
    }

    /// One that does nothing before it has met its subcommand may be noticed anywhere.
    fn may_begin(&self, client: &clients::Client) -> bool {
        self.client.is_none() && !client.after.is_empty()
    }

    fn notice_subcommand(&mut self, word: &str) {
        let Some(client) = self.client else { return };
        if client.after.contains(&word) {
            self.is_open = true;
        } else if !client.after.is_empty() && !self.is_open && RUN_OTHERS.contains(&word) {
            self.leave_client();
            return;
        }
        if self.words.is_none()
            && let Some(words) = client.words.iter().find(|words| words.after.contains(&word))
        {
            (self.words, self.count) = (Some(words), 0);
        }
    }

    fn leave_client(&mut self) {
        (self.client, self.words, self.is_login_due) = (None, None, false);
    }
}

/// Whether a command ends with the word.
fn is_end(word: &str) -> bool {
    word.ends_with([';', '&', '|'])
}
