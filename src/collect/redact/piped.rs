//! What a script prints into who asks for a secret: `echo root:… | chpasswd`, `echo … | docker login --password-stdin`.

use super::HIDDEN;

/// Programs that read nothing but secrets, or one as their first line.
const READERS: [&str; 7] =
    ["chpasswd", "chgpasswd", "cryptsetup", "kinit", "smbpasswd", "ecryptfs-add-passphrase", "pdbedit"];

/// Options by which others read one.
const OPTIONS: [&str; 9] = [
    "--password-stdin",
    "--passphrase-stdin",
    "--pass-stdin",
    "--secret-stdin",
    "--with-token",
    "--passphrase-fd",
    "--stdin",
    "-stdin",
    "stdin:",
];

/// The text with what is printed into them hidden: all between the printing command and the pipe.
pub fn hide(text: String) -> String {
    let (mut out, mut kept) = (String::new(), 0);
    for (pipe, _) in text.match_indices('|') {
        if !asks(&text[pipe + 1..]) {
            continue;
        }
        let Some(from) = printed_from(&text[kept..pipe]).map(|from| kept + from) else { continue };
        let printed = text[from..pipe].trim_end();
        if !printed.is_empty() {
            out.push_str(&text[kept..from]);
            out.push_str(HIDDEN);
            kept = from + printed.len();
        }
    }
    if kept == 0 {
        return text;
    }
    out.push_str(&text[kept..]);
    out
}

/// Whether the command at the beginning reads a secret from its input.
fn asks(text: &str) -> bool {
    let command = text.split(['|', ';', '&', ')', '"', '\'', '`']).next().unwrap_or(text);
    let names = |word: &str| word.rsplit('/').next().is_some_and(|name| READERS.contains(&name));
    let mut is_sudo = false;
    command.split_ascii_whitespace().any(|word| {
        is_sudo |= word == "sudo" || word.ends_with("/sudo");
        let of_sudo = is_sudo && word.starts_with('-') && !word.starts_with("--") && word.contains('S');
        of_sudo || names(word) || OPTIONS.contains(&word)
    })
}

/// Where what the last `echo` or `printf` prints begins, behind its options.
fn printed_from(text: &str) -> Option<usize> {
    let ends = ["echo", "printf"].map(|name| {
        let is_word = |at: usize| {
            let before = text[..at].chars().next_back();
            text[at + name.len()..].starts_with(' ') && before.is_none_or(|c| !c.is_alphanumeric())
        };
        text.rmatch_indices(name).find(|(at, _)| is_word(*at)).map(|(at, _)| at + name.len())
    });
    let mut from = ends.into_iter().flatten().max()?;
    loop {
        let rest = &text[from..];
        from += rest.len() - rest.trim_start_matches(' ').len();
        let word = text[from..].split(' ').next().unwrap_or_default();
        let is_option = |letters: &str| !letters.is_empty() && letters.bytes().all(|b| b"neE".contains(&b));
        if !word.strip_prefix('-').is_some_and(is_option) {
            return Some(from);
        }
        from += word.len();
    }
}
