//! A script's words, about as a shell splits them. Quotes and backslashes stay in the words.

/// The words of a text, each with the blanks before it.
pub fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.len() - rest.trim_start_matches(' ').len();
        if start == rest.len() {
            return None;
        }
        let end = start + word_end(&rest[start..]);
        let found = (&rest[..start], &rest[start..end]);
        rest = &rest[end..];
        Some(found)
    })
}

/// Where the word at the beginning ends. A quote that is never closed is a letter like others.
fn word_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() && bytes[at] != b' ' {
        at += match bytes[at] {
            b'\\' => 2,
            quote @ (b'"' | b'\'') => closing(&bytes[at + 1..], quote).map_or(1, |inner| inner + 2),
            _ => 1,
        };
    }
    // A backslash before a character of several bytes skips into it.
    (at.min(bytes.len())..=bytes.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(bytes.len())
}

fn closing(bytes: &[u8], quote: u8) -> Option<usize> {
    let mut escaped = false;
    bytes.iter().position(|byte| {
        let found = *byte == quote && !escaped;
        escaped = *byte == b'\\' && !escaped && quote == b'"';
        found
    })
}

/// The quote and what it encloses, of a word that is quoted as a whole.
pub fn quoted(word: &str) -> Option<(char, &str)> {
    let quote = word.chars().next().filter(|c| ['"', '\''].contains(c))?;
    let inner = word.strip_prefix(quote)?;
    let end = closing(inner.as_bytes(), quote as u8)?;
    (end + 1 == inner.len()).then(|| (quote, &inner[..end]))
}
