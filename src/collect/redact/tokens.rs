//! Tokens that are known by how they begin, wherever in a word they stand.

use super::HIDDEN;

/// How they begin, and how many characters follow at least.
const TOKENS: [(&str, usize); 31] = [
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("glrt-", 16),
    ("gldt-", 16),
    ("xoxa-", 16),
    ("xoxb-", 16),
    ("xoxe-", 16),
    ("xoxp-", 16),
    ("xoxs-", 16),
    ("xapp-", 16),
    ("npm_", 30),
    ("pypi-", 30),
    ("dckr_pat_", 16),
    ("dop_v1_", 30),
    ("hf_", 30),
    ("hvb.", 20),
    ("hvs.", 20),
    ("sk_live_", 16),
    ("rk_live_", 16),
    ("sk-", 32),
    ("shpat_", 30),
    ("SG.", 30),
    ("AIza", 30),
    ("AKIA", 16),
    ("ASIA", 16),
    // Two more parts follow behind dots: a JSON web token.
    ("eyJ", 30),
];

/// Appends the text with what follows the beginning of a token hidden.
pub fn hide(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((from, to)) = next(rest) {
        out.push_str(&rest[..from]);
        out.push_str(HIDDEN);
        rest = &rest[to..];
    }
    out.push_str(rest);
}

/// Where the secret part of the first token is.
fn next(text: &str) -> Option<(usize, usize)> {
    let starts = text.char_indices().scan(false, |is_inside, (at, c)| {
        let is_start = !*is_inside;
        *is_inside = c.is_ascii_alphanumeric();
        Some((at, is_start))
    });
    starts.filter(|(_, is_start)| *is_start).find_map(|(at, _)| {
        let begin = TOKENS.iter().find(|(begin, _)| text[at..].starts_with(begin));
        let (begin, least) = begin?;
        let from = at + begin.len();
        let is_token = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let length = text[from..].find(|c| !is_token(c)).unwrap_or(text.len() - from);
        let is_web = *begin != "eyJ" || text[from..from + length].matches('.').count() == 2;
        (length >= *least && is_web).then_some((from, from + length))
    })
}
