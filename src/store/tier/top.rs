//! Whom a tier keeps: of each bucket the first few by each measure, chosen over the whole bucket
//! before anything else is looked at.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::rc::Rc;

use super::super::entity::Entities;
use super::super::runs::Runs;
use super::buckets::Buckets;
use super::rates;
use crate::schema::{Top, parse_expr};

/// Those kept, as (entity, end of the bucket), of the minutes and of the hour.
#[derive(Default)]
pub struct Kept {
    pub minute: HashSet<(u32, i64)>,
    pub hour: HashSet<(u32, i64)>,
}

/// The tier's columns that its places are given by.
pub fn measured(top: &Top) -> Vec<String> {
    let trees = top.by.iter().filter_map(|by| parse_expr(by).ok());
    trees.flat_map(|tree| tree.columns().into_iter().map(String::from).collect::<Vec<_>>()).collect()
}

/// Those among the first of their bucket by some measure. Nothing is no place; of two alike the one
/// with the lower key is first.
pub fn first(buckets: &Buckets, top: &Top, entities: &Entities) -> HashSet<(u32, i64)> {
    let mut kept = HashSet::new();
    let places = buckets.places();
    for by in top.by {
        let tree = parse_expr(by).expect("the build has parsed every expression");
        let look = |name: &str| {
            Ok::<_, Infallible>(buckets.column(name).map(|column| Rc::new(Runs::from_array(&column))))
        };
        let Ok(values) = rates::over(&tree, std::iter::once(0..places.len()), &look);
        let mut ranked: HashMap<i64, Vec<(f64, u32)>> = HashMap::new();
        for (slot, (entity, end)) in places.iter().enumerate() {
            if let Some(value) = values.at(slot).map(f64::from_bits).filter(|value| *value > 0.0) {
                ranked.entry(*end).or_default().push((value, *entity));
            }
        }
        for (end, mut all) in ranked {
            all.sort_by(|a, b| {
                b.0.total_cmp(&a.0).then_with(|| entities.order(a.1).cmp(&entities.order(b.1)))
            });
            kept.extend(all.iter().take(top.rows).map(|(_, entity)| (*entity, end)));
        }
    }
    kept
}
