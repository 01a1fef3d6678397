//! Whom a tier keeps: of each bucket the first few by each measure, chosen over the whole bucket
//! before anything else is looked at.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Float64Type;

use super::super::Error;
use super::super::entity::Entities;
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
pub fn first(buckets: &Buckets, top: &Top, entities: &Entities) -> Result<HashSet<(u32, i64)>, Error> {
    let mut kept = HashSet::new();
    let places = buckets.places();
    for by in top.by {
        let tree = parse_expr(by).expect("the build has parsed every expression");
        let values = rates::evaluate(&tree, places.len(), &|name| buckets.column(name))
            .map_err(|e| Error::damaged(Path::new(by), e.to_string()))?;
        let values = values.as_primitive::<Float64Type>();
        let mut ranked: HashMap<i64, Vec<(f64, u32)>> = HashMap::new();
        for (slot, (entity, end)) in places.iter().enumerate() {
            if values.is_valid(slot) && values.value(slot) > 0.0 {
                ranked.entry(*end).or_default().push((values.value(slot), *entity));
            }
        }
        for (end, mut all) in ranked {
            all.sort_by(|a, b| {
                b.0.total_cmp(&a.0).then_with(|| entities.order(a.1).cmp(&entities.order(b.1)))
            });
            kept.extend(all.iter().take(top.rows).map(|(_, entity)| (*entity, end)));
        }
    }
    Ok(kept)
}
