//! What a mistyped name may have been meant to be.

/// How many names are offered.
const OFFERED: usize = 3;

/// The names nearest to `word`, nearest first; none where nothing is near.
pub fn near<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let word = word.to_lowercase();
    let mut scored: Vec<(usize, usize, &str)> = names
        .into_iter()
        .filter_map(|name| score(&word, name).map(|(class, far)| (class, far, name)))
        .collect();
    scored.sort_unstable();
    scored.dedup();
    scored.into_iter().take(OFFERED).map(|(_, _, name)| name).collect()
}

/// First slips of the fingers, then a part of the name, then what begins alike.
fn score(word: &str, name: &str) -> Option<(usize, usize)> {
    let edits = strsim::damerau_levenshtein(word, name);
    let is_part = word.len() >= 2 && (name.contains(word) || (name.len() >= 3 && word.contains(name)));
    if edits <= (word.chars().count() / 3).clamp(1, 2) {
        Some((0, edits))
    } else if is_part {
        Some((1, edits))
    } else if strsim::jaro_winkler(word, name) > 0.85 {
        Some((2, edits))
    } else {
        None
    }
}

/// `a`, `b` or `c`.
pub fn either(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|name| format!("`{name}`")).collect();
            format!("{} or `{last}`", first.join(", "))
        }
    }
}
