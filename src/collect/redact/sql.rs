//! Passwords in SQL: `IDENTIFIED BY '…'`, `PASSWORD '…'`, `PASSWORD = '…'`, `PASSWORD('…')`.

use super::HIDDEN;

/// How far behind `IDENTIFIED` its `BY` may stand, and behind `PASSWORD FOR` what is set: an account's name, a plugin's.
const FARTHEST: usize = 160;

/// The text with what stands in the place of such a password hidden; its quotes stay.
pub fn hide(text: String) -> String {
    if !text.contains(['\'', '"', '$']) || !text.contains([' ', '(']) {
        return text;
    }
    let lower = text.to_ascii_lowercase();
    let (mut out, mut kept, mut at) = (String::new(), 0, 0);
    while let Some((behind, is_password)) = next(&lower, at) {
        at = behind;
        let rest = &lower[behind..];
        let opening = if is_password { behind_password(rest) } else { behind_identified(rest) };
        if let Some((from, to)) = opening.and_then(|opening| literal(&text, behind + opening)) {
            out.push_str(&text[kept..from]);
            out.push_str(HIDDEN);
            (kept, at) = (to, to);
        }
    }
    if kept == 0 {
        return text;
    }
    out.push_str(&text[kept..]);
    out
}

/// Where the next of the two words ends, and whether it is `password`.
fn next(lower: &str, at: usize) -> Option<(usize, bool)> {
    let rest = lower.get(at..)?;
    let end = |word: &str| rest.find(word).map(|found| at + found + word.len());
    match (end("password"), end("identified ")) {
        (Some(password), Some(identified)) if identified < password => Some((identified - 1, false)),
        (Some(password), _) => Some((password, true)),
        (None, identified) => identified.map(|end| (end - 1, false)),
    }
}

/// Where the text behind `PASSWORD` may have its quote.
fn behind_password(rest: &str) -> Option<usize> {
    if rest.starts_with(" for ") {
        let sign = rest.bytes().take(FARTHEST).position(|byte| byte == b'=')?;
        return Some(sign + 1 + blanks(&rest[sign + 1..]));
    }
    let before = blanks(rest);
    let sign = rest[before..].bytes().next()?;
    match sign {
        b'=' => {
            let at = before + 1;
            let behind = blanks(&rest[at..]);
            // Without a blank it is a shell's or a connection's, which other rules know.
            (before + behind > 0).then_some(at + behind)
        }
        b'(' => Some(before + 1 + blanks(&rest[before + 1..])),
        _ => (before > 0).then_some(before),
    }
}

/// The same behind `IDENTIFIED`: `WITH plugin BY`, `BY PASSWORD`, `AS`.
fn behind_identified(rest: &str) -> Option<usize> {
    let quote = rest.bytes().take(FARTHEST).position(|byte| b"'\"".contains(&byte));
    let by = |word: &str| rest.find(word).filter(|at| *at < FARTHEST).map(|at| at + word.len());
    let with_end = quote.unwrap_or(rest.len());
    // A plugin's name may be quoted too.
    let mut at = [" by ", " as "].into_iter().filter_map(by).min()?;
    if !rest[..with_end.min(at)].starts_with(' ') {
        return None;
    }
    at += blanks(&rest[at..]);
    if let Some(hash) = rest[at..].strip_prefix("password ") {
        at = rest.len() - hash.len() + blanks(hash);
    }
    Some(at)
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches(' ').len()
}

/// Where the content of a text is that begins at `at` with its quote: `'…'`, `E'…'`, `$$…$$`, and as a shell's word may
/// have them, `\"…\"` and `'\''…'\''`.
fn literal(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = text.get(at..)?;
    let letter = usize::from(rest.starts_with(['e', 'E', 'n', 'N']));
    let is_quote = |c: char| ['\'', '"', '\\', '$'].contains(&c);
    let from = letter + rest[letter..].find(|c| !is_quote(c))?;
    let opening = &rest[letter..from];
    let quote = opening.chars().next_back()?;
    if quote == '\\' || (quote == '$' && opening != "$$") || ["''", "\"\""].contains(&opening) {
        return None;
    }
    let mut to = from;
    loop {
        to += rest[to..].find(quote).unwrap_or(rest.len() - to);
        // Doubled it is a letter.
        match rest[to..].strip_prefix(quote).is_some_and(|behind| quote != '$' && behind.starts_with(quote)) {
            true => to += 2,
            false => break,
        }
    }
    let kept = rest[from..to].trim_end_matches('\\').len();
    (kept > 0).then_some((at + from, at + from + kept))
}
