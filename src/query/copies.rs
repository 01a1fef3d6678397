//! What several sources have of one machine: a store and its copy, or the bucket that it was pushed to. Each of its
//! ticks is read once, wherever it lies and whether or not its files were merged since.
//!
//! A machine is known by its id where the sources say it, and else by its host's name: two machines of one name
//! are two. So are two recordings of one machine, which the stores' ids tell apart.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{Int64Type, TimestampMicrosecondType};

use super::source::{Chosen, Source};
use crate::store::{SegmentName, Tail, uncovered};

/// A host, which of the machines of that name, and which recording of it, by the first source that has it.
type Machine = (String, Option<String>, usize);

/// What they chose of one table, without what another has too.
pub(super) fn once(chosen: Vec<(Arc<dyn Source>, Chosen)>) -> Chosen {
    let mut all = Chosen::default();
    if chosen.len() == 1 {
        return chosen.into_iter().next().map(|(_, chosen)| chosen).unwrap_or_default();
    }
    let known = Machines::of(&chosen);
    let mut names: BTreeMap<Machine, BTreeSet<SegmentName>> = BTreeMap::new();
    for (index, (source, chosen)) in chosen.iter().enumerate() {
        for segment in &chosen.segments {
            let machine = known.machine(index, source.as_ref(), &segment.name.host);
            names.entry(machine).or_default().insert(segment.name.clone());
        }
    }
    let widest = |names: &BTreeSet<SegmentName>| -> HashSet<SegmentName> {
        let mut sorted: Vec<SegmentName> = names.iter().cloned().collect();
        sorted.sort_unstable();
        uncovered(&sorted).into_iter().collect()
    };
    let mut wanted: BTreeMap<Machine, HashSet<SegmentName>> =
        names.iter().map(|(machine, names)| (machine.clone(), widest(names))).collect();
    let mut ticks: BTreeMap<Machine, HashSet<(i64, i64)>> = BTreeMap::new();
    for (index, (source, chosen)) in chosen.into_iter().enumerate() {
        let own: HashSet<SegmentName> = chosen.segments.iter().map(|segment| segment.name.clone()).collect();
        for segment in chosen.segments {
            let machine = known.machine(index, source.as_ref(), &segment.name.host);
            if wanted.get_mut(&machine).is_some_and(|names| names.remove(&segment.name)) {
                all.segments.push(segment);
            }
        }
        let mut read = Vec::new();
        for tail in chosen.tail {
            let machine = known.machine(index, source.as_ref(), &tail.host);
            // Its own segments and its own journal do not have the same.
            let sealed = names.get(&machine).into_iter().flatten().filter(|name| !own.contains(name));
            let sealed: Vec<&SegmentName> = sealed.collect();
            let others = ticks.get(&machine);
            let is_elsewhere = |tick: i64, ts: i64| {
                others.is_some_and(|ticks| ticks.contains(&(tick, ts)))
                    || sealed.iter().any(|name| {
                        (name.first_seq..=name.last_seq).contains(&(tick as u64))
                            && (name.from.0..=name.to.0).contains(&ts)
                    })
            };
            read.push((
                machine,
                without(&tail.batch, is_elsewhere).unwrap_or_else(|| tail.batch.clone()),
                tail,
            ));
        }
        for (machine, batch, tail) in read {
            if let Some(rows) = stamps(&batch) {
                ticks.entry(machine).or_default().extend(rows);
            }
            if batch.num_rows() > 0 {
                all.tail.push(Tail { batch, ..tail });
            }
        }
    }
    all
}

/// Which hosts are of several machines, and which sources of several recordings.
struct Machines {
    several: BTreeSet<String>,
    /// Of each source.
    recordings: Vec<usize>,
}

impl Machines {
    fn of(chosen: &[(Arc<dyn Source>, Chosen)]) -> Self {
        let mut ids: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (source, chosen) in chosen {
            let hosts = chosen.segments.iter().map(|segment| segment.name.host.as_str());
            let hosts: BTreeSet<&str> = hosts.chain(chosen.tail.iter().map(|tail| &*tail.host)).collect();
            for host in hosts {
                ids.entry(host).or_default().extend(source.machine(host));
            }
        }
        let several = ids.into_iter().filter(|(_, ids)| ids.len() > 1);
        let several = several.map(|(host, _)| host.to_string()).collect();
        Machines { several, recordings: recordings(chosen) }
    }

    fn machine(&self, index: usize, source: &dyn Source, host: &str) -> Machine {
        let id = if self.several.contains(host) { source.machine(host) } else { None };
        (host.to_string(), id, self.recordings[index])
    }
}

/// Of each source the first one whose copy it is or may be. One that does not know its store may be one of any; it
/// is taken for one of those that have a segment of its.
fn recordings(chosen: &[(Arc<dyn Source>, Chosen)]) -> Vec<usize> {
    /// One recording: its first source, the stores that are known of it, and its segments.
    struct Recording<'a> {
        first: usize,
        stores: BTreeSet<String>,
        names: HashSet<&'a SegmentName>,
    }
    let mut known: Vec<Recording> = Vec::new();
    let mut of = vec![0; chosen.len()];
    // A bucket that several were pushed into comes before each of them, and who does not know comes last.
    let mut order: Vec<(usize, BTreeSet<String>)> =
        chosen.iter().map(|(source, _)| source.stores()).enumerate().collect();
    order.sort_by_key(|(_, stores)| Reverse(stores.len()));
    for (index, stores) in order {
        let names: HashSet<&SegmentName> =
            chosen[index].1.segments.iter().map(|segment| &segment.name).collect();
        let place = match stores.is_empty() {
            true => known.iter().position(|one| !one.names.is_disjoint(&names)).or(known.first().map(|_| 0)),
            false => known.iter().position(|one| !one.stores.is_disjoint(&stores)),
        };
        match place.and_then(|place| known.get_mut(place)) {
            Some(one) => {
                of[index] = one.first;
                one.stores.extend(stores);
                one.names.extend(names);
            }
            None => {
                of[index] = index;
                known.push(Recording { first: index, stores, names });
            }
        }
    }
    of
}

/// The ticks of the rows, and when those were.
fn stamps(rows: &RecordBatch) -> Option<impl Iterator<Item = (i64, i64)> + '_> {
    let tick = rows.column_by_name("tick")?.as_primitive_opt::<Int64Type>()?;
    let ts = rows.column_by_name("ts")?.as_primitive_opt::<TimestampMicrosecondType>()?;
    Some(tick.values().iter().copied().zip(ts.values().iter().copied()))
}

/// The other rows; `None` where they do not say which tick they are of.
fn without(rows: &RecordBatch, is_elsewhere: impl Fn(i64, i64) -> bool) -> Option<RecordBatch> {
    let kept: BooleanArray = stamps(rows)?.map(|(tick, ts)| Some(!is_elsewhere(tick, ts))).collect();
    if kept.true_count() == kept.len() {
        return Some(rows.clone());
    }
    filter_record_batch(rows, &kept).ok()
}
