//! Our numbers beside another tool's, and how far apart they are.

use std::collections::BTreeMap;
use std::path::Path;

use super::pairs::{Held, How, Pair};
use super::readings::Sample;
use super::recorded::{Recorded, Within};

/// What a tool and a recording say of the same.
#[derive(Clone, Debug)]
pub struct Difference {
    pub tool: &'static str,
    pub column: &'static str,
    pub entity: String,
    pub theirs: f64,
    /// `None` where the recording does not say.
    pub ours: Option<Within>,
    pub allowed: f64,
}

impl Difference {
    /// How far they are apart at least.
    pub fn off(&self) -> f64 {
        self.ours.map_or(f64::INFINITY, |ours| ours.off(self.theirs))
    }

    /// How far apart they are, most likely.
    pub fn apart(&self) -> f64 {
        self.ours.map_or(f64::INFINITY, |ours| (ours.likely - self.theirs).abs())
    }

    pub fn is_too_much(&self) -> bool {
        // Not a hair more than is printed.
        self.off() > self.allowed * (1.0 + 1e-9) + 1e-9
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Difference { tool, column, entity, theirs, ours, allowed } = self;
        let ours = ours
            .map_or("unknown".into(), |o| format!("{:.4} ({:.4} to {:.4})", o.likely, o.least, o.greatest));
        write!(f, "{tool} {column} {entity}: theirs {theirs:.4}, ours {ours}, allowed {allowed:.4}")
    }
}

/// Holds a recording against a tool's samples, the first of which says when the others begin. Each entity that the
/// tool has in all samples is compared.
pub fn compare(store: &Path, held: &'static Held, pids: &str, samples: &[Sample]) -> Vec<Difference> {
    let mut found = Vec::new();
    for (table, entity, only) in held.tables {
        let mut values: Vec<&str> = held.pairs.iter().map(|pair| pair.ours).collect();
        values.extend(held.pairs.iter().filter_map(|pair| match pair.how {
            How::By(below, _) => Some(below),
            _ => None,
        }));
        let ours = Recorded::ask(store, table, entity, &only.replace("PIDS", pids), &values);
        for name in common(samples).filter(|name| ours.entities().any(|own| own == name)) {
            for (place, pair) in held.pairs.iter().enumerate() {
                found.extend(of_pair(held.tool, pair, (&ours, place, &values), &name, samples));
            }
        }
    }
    found
}

/// Entities of all samples.
fn common(samples: &[Sample]) -> impl Iterator<Item = String> + '_ {
    let all = |name: &&String| samples.iter().all(|sample| sample.rows.contains_key(*name));
    samples[0].rows.keys().filter(all).cloned()
}

fn of_pair(
    tool: &'static str,
    pair: &Pair,
    (ours, place, values): (&Recorded, usize, &[&str]),
    entity: &str,
    samples: &[Sample],
) -> Vec<Difference> {
    let of = |sample: &Sample, column: &str| sample.rows[entity].get(column).copied();
    // A version of the tool that has no such column.
    if of(&samples[0], pair.column).is_none() {
        return Vec::new();
    }
    let number = |sample: &Sample| of(sample, pair.column).unwrap();
    let difference = |theirs: f64, ours: Option<Within>| Difference {
        tool,
        column: pair.column,
        entity: entity.to_string(),
        theirs,
        ours,
        allowed: pair.absolute.max(pair.relative * theirs.abs()),
    };
    let span = (samples[0].at, samples[samples.len() - 1].at);
    let theirs = |weight: &dyn Fn(&Sample, f64) -> f64| {
        let weighed: Vec<(f64, f64)> = samples
            .windows(2)
            .map(|pair| (number(&pair[1]), weight(&pair[1], pair[1].at - pair[0].at)))
            .collect();
        let sum: f64 = weighed.iter().map(|(_, weight)| weight).sum();
        if sum > 0.0 { weighed.iter().map(|(n, weight)| n * weight).sum::<f64>() / sum } else { 0.0 }
    };
    let below = |sql: &str| values.iter().rposition(|value| *value == sql).unwrap();
    match pair.how {
        How::PerSecond => {
            let all = theirs(&|_, seconds| seconds);
            vec![difference(all, ours.over(entity, span, place, None))]
        }
        How::By(sql, column) => {
            let weight = |sample: &Sample, seconds: f64| of(sample, column).map_or(1.0, |by| by) * seconds;
            vec![difference(theirs(&weight), ours.over(entity, span, place, Some(below(sql))))]
        }
        How::Mean => {
            let at: Option<Vec<f64>> = samples[1..].iter().map(|s| ours.at(entity, s.at, place)).collect();
            let mean = at.map(|at| at.iter().sum::<f64>() / at.len() as f64);
            let theirs = samples[1..].iter().map(number).sum::<f64>() / (samples.len() - 1) as f64;
            vec![difference(theirs, mean.map(Within::exactly))]
        }
        How::Each => {
            samples.iter().map(|s| difference(number(s), ours.around(entity, s.at, place))).collect()
        }
    }
}

/// The difference of each tool's column that is the greatest for what is allowed, in the order they came.
pub fn greatest(differences: &[Difference]) -> Vec<&Difference> {
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut greatest: Vec<&Difference> = Vec::new();
    let share = |difference: &Difference| difference.apart() / difference.allowed.max(1e-9);
    for difference in differences {
        let place = *places.entry((difference.tool, difference.column)).or_insert(greatest.len());
        match greatest.get_mut(place) {
            Some(known) if share(difference) > share(known) => *known = difference,
            Some(_) => {}
            None => greatest.push(difference),
        }
    }
    greatest
}
