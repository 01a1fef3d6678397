//! What was typed, cut into questions: where each ends, and whether the last one has.
//!
//! It knows of SQL only what may hide a `;`: quotes and comments.

/// Words that end the shell or explain it without a backslash, as those who are new to it try them.
pub const WORDS: [&str; 3] = ["exit", "quit", "help"];

/// Whether nothing is missing: a command, a question that ends with `;`, or nothing at all.
pub fn is_complete(text: &str) -> bool {
    text.trim().is_empty() || command(text).is_some() || is_blank(split(text).1)
}

/// What is for the shell and not for the engine: the last line where it is a command, and what was begun
/// before it.
pub fn command(text: &str) -> Option<(&str, &str)> {
    let alone = text.trim();
    if WORDS.contains(&alone.trim_end_matches(';').to_lowercase().as_str()) {
        return Some(("", alone));
    }
    // A question that is ready, by its name.
    if alone.starts_with('@') && !alone.contains('\n') {
        return Some(("", alone));
    }
    let (begun, line) = alone.rsplit_once('\n').unwrap_or(("", alone));
    (line.trim_start().starts_with('\\') && !ends_hidden(begun)).then_some((begun, line.trim_start()))
}

/// The questions that end with `;`, without it, and what stands behind the last.
pub fn split(text: &str) -> (Vec<&str>, &str) {
    let mut questions = Vec::new();
    let mut rest = text;
    while let Some(end) = end(rest) {
        if !is_blank(&rest[..end]) {
            questions.push(rest[..end].trim());
        }
        rest = &rest[end + 1..];
    }
    (questions, rest)
}

/// Whether there is no word of SQL in it.
fn is_blank(text: &str) -> bool {
    let mut rest = text.trim_start();
    loop {
        rest = match hidden(rest) {
            Some((length, _)) if rest.starts_with("--") || rest.starts_with("/*") => &rest[length..],
            _ => return rest.is_empty(),
        }
        .trim_start();
    }
}

/// Where the first `;` is that ends something.
fn end(text: &str) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(';') {
            return Some(at);
        }
        let hidden = hidden(rest).map(|(length, _)| length);
        at += hidden.or_else(|| rest.chars().next().map(char::len_utf8))?;
    }
    None
}

/// How long the quoted text or the comment is that begins here, and whether it ends. One that does not hides
/// all that follows.
fn hidden(text: &str) -> Option<(usize, bool)> {
    let until = |from: usize, mark: &str| {
        let end = text[from..].find(mark).map(|at| from + at + mark.len());
        Some((end.unwrap_or(text.len()), end.is_some()))
    };
    match text.as_bytes() {
        [b'\'', ..] => until(1, "'"),
        [b'"', ..] => until(1, "\""),
        [b'-', b'-', ..] => until(2, "\n"),
        [b'/', b'*', ..] => until(2, "*/"),
        _ => None,
    }
}

/// Whether the end of the text stands within quotes or a comment.
pub fn ends_hidden(text: &str) -> bool {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (length, ends) = hidden(rest).unwrap_or((c.len_utf8(), true));
        if !ends {
            return true;
        }
        rest = &rest[length..];
    }
    false
}
