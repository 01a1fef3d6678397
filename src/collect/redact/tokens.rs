//! Tokens that are known by how they begin, wherever in a word they stand.

use super::HIDDEN;

/// How tokens of a sort begin, how many characters follow at least, and what besides letters and digits.
struct Tokens {
    begin: &'static [&'static str],
    least: usize,
    others: &'static str,
}

static TOKENS: [Tokens; 6] = [
    Tokens {
        begin: &["AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "sk_live_", "rk_live_"],
        least: 16,
        others: "",
    },
    Tokens { begin: &["npm_", "hf_", "dop_v1_", "shpat_"], least: 30, others: "" },
    Tokens {
        begin: &["xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxs-", "xapp-", "github_pat_", "dckr_pat_"],
        least: 16,
        others: "-_",
    },
    Tokens { begin: &["glpat-", "glrt-", "gldt-", "hvb.", "hvs."], least: 16, others: "-_." },
    Tokens { begin: &["pypi-", "sk-", "AIza"], least: 32, others: "-_" },
    // The last are what JSON begins with in base64: web tokens and the like.
    Tokens { begin: &["SG.", "eyJ"], least: 32, others: "-_." },
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
    let mut is_inside = false;
    text.char_indices().find_map(|(at, c)| {
        let is_start = !std::mem::replace(&mut is_inside, c.is_ascii_alphanumeric());
        if is_start { token(&text[at..]).map(|(from, to)| (at + from, at + to)) } else { None }
    })
}

/// Where its secret part is, of a token at the beginning of a text.
fn token(text: &str) -> Option<(usize, usize)> {
    TOKENS.iter().find_map(|tokens| {
        let from = tokens.begin.iter().find(|begin| text.starts_with(**begin))?.len();
        let is_token = |c: char| c.is_ascii_alphanumeric() || tokens.others.contains(c);
        let length = text[from..].find(|c| !is_token(c)).unwrap_or(text.len() - from);
        (length >= tokens.least).then_some((from, from + length))
    })
}
