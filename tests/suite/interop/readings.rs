//! What other tools print, as samples: when each was taken, and its numbers by entity and column.

use std::collections::BTreeMap;

use super::started::Line;

/// Of an entity (a CPU, a device, a pid, or nothing), its numbers by the tool's own column names.
pub type Numbers = BTreeMap<String, f64>;

/// What a tool read at one moment.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Seconds since 1970.
    pub at: f64,
    pub rows: BTreeMap<String, Numbers>,
}

/// Samples in the JSON of mpstat and iostat: entities stand below `list`, each called by its `key`.
pub fn json(lines: &[Line], list: &str, key: &str) -> Vec<Sample> {
    let text: Vec<&str> = lines.iter().map(|(_, line)| line.as_str()).collect();
    let all: serde_json::Value = serde_json::from_str(&text.join("\n")).unwrap();
    let came = lines.iter().filter(|(_, line)| line.contains("\"timestamp\"")).map(|(at, _)| *at);
    let told = all["sysstat"]["hosts"][0]["statistics"].as_array().unwrap();
    let sample = |(at, told): (f64, &serde_json::Value)| {
        let row = |row: &serde_json::Value| {
            let numbers = row.as_object().unwrap().iter();
            let numbers = numbers.filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect();
            (row[key].as_str().unwrap().to_string(), numbers)
        };
        Sample { at, rows: told[list].as_array().unwrap().iter().map(row).collect() }
    };
    came.zip(told).map(sample).collect()
}

/// Samples in a table whose header has `key`: the column behind which a row's numbers stand, and what its
/// entity is called by. The first column is the time, and rows of one time are one sample.
pub fn table(lines: &[Line], key: &str) -> Vec<Sample> {
    let (mut samples, mut header, mut time): (Vec<Sample>, Vec<&str>, &str) = (vec![], vec![], "");
    for (at, line) in lines {
        let words: Vec<&str> = line.trim_start_matches('#').split_whitespace().collect();
        if words.contains(&key) {
            header = words;
            continue;
        }
        let place = header.iter().position(|name| *name == key);
        let Some(place) = place.filter(|_| words.len() >= header.len() && words[0] != "Average:") else {
            continue;
        };
        if words[0] != time {
            time = words[0];
            samples.push(Sample { at: *at, ..Sample::default() });
        }
        samples.last_mut().unwrap().rows.insert(words[place].into(), numbers(&header, &words));
    }
    samples
}

/// Samples of vmstat: a line each, of one entity.
pub fn vmstat(lines: &[Line]) -> Vec<Sample> {
    let header: Vec<&str> = lines[1].1.split_whitespace().collect();
    let sample = |(at, line): &Line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        Sample { at: *at, rows: [(String::new(), numbers(&header, &words))].into() }
    };
    lines[2..].iter().map(sample).collect()
}

fn numbers(header: &[&str], words: &[&str]) -> Numbers {
    let pairs = header.iter().zip(words);
    pairs.filter_map(|(name, word)| Some((name.to_string(), word.parse().ok()?))).collect()
}

/// What `free -b -w` says: `Mem total`, `Swap used` and so on.
pub fn free(at: f64, text: &str) -> Sample {
    let header: Vec<&str> = text.lines().next().unwrap().split_whitespace().collect();
    let mut said = Numbers::new();
    for line in text.lines().skip(1) {
        let (name, rest) = line.split_once(':').unwrap();
        let words: Vec<&str> = rest.split_whitespace().collect();
        said.extend(numbers(&header, &words).into_iter().map(|(column, n)| (format!("{name} {column}"), n)));
    }
    Sample { at, rows: [(String::new(), said)].into() }
}

/// What `df -B1 --output=target,size,used,avail,itotal,iavail` says, by mount.
pub fn df(at: f64, text: &str) -> Sample {
    let row = |line: &str| {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let last = words.split_off(words.len() - 5);
        (words.join(" "), numbers(&["size", "used", "avail", "itotal", "iavail"], &last))
    };
    Sample { at, rows: text.lines().skip(1).map(row).collect() }
}
