//! How long questions take in a process that stays: the store is opened once and each question asked of one engine,
//! first when it knows nothing yet and then again. Prints a line a question: its file's name, both in
//! milliseconds. For `scripts/bench-query.sh`. With `opens STORE TIMES`: how long a store takes to be opened, first
//! and then again, and how many tables it has. With `moves STORE TIMES`: how long the cursor of the terminal desk takes.

mod moves;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use jiff::tz::TimeZone;
use sysray::query::{Engine, Options, ReadTime, extent, sources};
use sysray::time::{self, Clock, Context, SystemClock};

/// As `sysray query` has it.
const MEMORY_BYTES: u64 = 256 << 20;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [word, store, times] = words.as_slice()
        && word == "moves"
    {
        return moves::run(Path::new(store), times.parse().unwrap_or(100));
    }
    if let [word, store, times] = words.as_slice()
        && word == "opens"
    {
        return opens(Path::new(store), times.parse().unwrap_or(20));
    }
    let [store, runs, questions @ ..] = words.as_slice() else { return usage() };
    let Some(runs) = runs.parse().ok().filter(|runs: &usize| *runs > 0) else { return usage() };
    for question in questions {
        let (first, again) = ask(Path::new(store), Path::new(question), runs);
        let name = Path::new(question).file_stem().unwrap_or_default().to_string_lossy();
        println!("{name} {first:.2} {again:.2}");
    }
}

fn usage() {
    eprintln!("usage: desk STORE RUNS QUESTION.sql…, or desk opens STORE TIMES, or desk moves STORE TIMES");
}

/// Milliseconds from opening the store to the end of the first answer, and the median of those behind it.
fn ask(store: &Path, question: &Path, runs: usize) -> (f64, f64) {
    let sql = std::fs::read_to_string(question).expect("a question can be read");
    let begun = Instant::now();
    let options = Options::new(read_time()).within(MEMORY_BYTES);
    let engine = Engine::open(&[PathBuf::from(store)], options).expect("the store can be opened");
    let answered = || engine.run(&sql).unwrap_or_else(|error| panic!("{}: {error}", question.display()));
    answered();
    let first = begun.elapsed().as_secs_f64() * 1e3;
    let mut again: Vec<f64> = (0..runs)
        .map(|_| {
            let begun = Instant::now();
            answered();
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    again.sort_by(f64::total_cmp);
    (first, again[runs / 2])
}

/// Milliseconds from the path to an engine that can be asked, with what there is and from when to when.
fn opens(store: &Path, times: usize) {
    let mut took: Vec<f64> = (0..times.max(2))
        .map(|_| {
            let begun = Instant::now();
            let sources = sources(&[PathBuf::from(store)]).expect("the store can be opened");
            extent(&sources).expect("its extent can be read").expect("something is recorded");
            let options = Options::new(read_time()).within(MEMORY_BYTES);
            drop(Engine::over(sources, options).expect("the engine starts"));
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    let first = took.remove(0);
    took.sort_by(f64::total_cmp);
    let held: Vec<_> = sources(&[PathBuf::from(store)])
        .expect("it was opened")
        .iter()
        .flat_map(|source| source.held())
        .collect();
    let tables: BTreeSet<_> = held.iter().filter_map(|file| file.table.as_deref()).collect();
    println!("{} {} {first:.2} {:.2}", tables.len(), held.len(), took[took.len() / 2]);
}

/// Times in questions, against now and in UTC.
fn read_time() -> ReadTime {
    let context = Context {
        now: SystemClock::default().wall(),
        zone: TimeZone::UTC,
        start: None,
        end: None,
        live: false,
    };
    Arc::new(move |text: &str| time::parse(text, &context).map_err(|error| error.to_string()))
}
