//! What answers the model: an engine over the stores, on threads of its own, so that the screen never waits.
//!
//! One thread moves the cursor, which is what one waits for; another draws the strip, reads ahead and finds what
//! stands out; a third works on what was typed.

pub mod anomalies;
mod glossary;
mod hands;
pub mod logs;
mod moments;
mod ranges;
mod shelf;
mod standing;
mod typed;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::RecordBatch;

use super::effect::Export;
use super::event::Extent;
use super::panel::{Question, SYSTEM, all_questions, over};
use super::words::{self, Lang};
use crate::query::tiers::{Grain, Scope, Sealed, filled, quoted};
use crate::query::{self, Engine, Error, Options, Renewed, Running, Source};
use crate::store;
use crate::time::Micros;
use hands::Job;
use shelf::Shelf;

pub use hands::Hands;

/// What the program around the desk does for it, until `running` is cancelled.
pub trait Hooks: Send + Sync {
    /// Writes what is asked for; says what it wrote.
    ///
    /// # Errors
    /// Why it could not, in one line.
    fn export(&self, export: &Export, running: &Running) -> Result<String, String>;

    /// Writes the report of a range of a host; says where it is.
    ///
    /// # Errors
    /// Why it could not, in one line.
    fn report(
        &self,
        host: &str,
        range: (Micros, Micros),
        lang: Lang,
        running: &Running,
    ) -> Result<String, String>;
}

/// The stores and who answers questions about them.
pub struct Desk {
    engine: Engine,
    stores: Vec<Arc<Renewed>>,
    roots: Vec<PathBuf>,
    host: Mutex<String>,
    /// First and last sample when it was last looked.
    span: Mutex<Option<(Micros, Micros)>>,
    /// The question whose rows say which samples there are, and the table behind it.
    ticker: (&'static Question, &'static str),
    shelf: Mutex<Shelf>,
    hooks: Box<dyn Hooks>,
}

impl Desk {
    /// Opens the stores.
    ///
    /// # Errors
    /// A path with nothing behind it that was recorded, or an engine that cannot start.
    pub fn open(
        roots: &[PathBuf],
        host: Option<String>,
        options: Options,
        hooks: Box<dyn Hooks>,
    ) -> Result<Self, Error> {
        let stores: Vec<Arc<Renewed>> =
            roots.iter().map(|root| Renewed::open(root).map(Arc::new)).collect::<Result<_, _>>()?;
        let ticker = ticker(&stores);
        let host_of_shelf = host.clone().unwrap_or_default();
        let sources = stores.iter().map(|store| Arc::clone(store) as Arc<dyn Source>).collect();
        Ok(Desk {
            engine: Engine::over(sources, options)?,
            stores,
            roots: roots.to_vec(),
            host: Mutex::new(host.unwrap_or_default()),
            span: Mutex::new(None),
            ticker,
            shelf: Mutex::new(Shelf::of(host_of_shelf)),
            hooks,
        })
    }

    fn host(&self) -> String {
        lock(&self.host).clone()
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        lock(&self.shelf)
    }

    /// What the recording spans by now.
    fn look(&self) -> Result<Option<Extent>, String> {
        for store in &self.stores {
            store.renew().map_err(told)?;
        }
        let Some(extent) = self.whole()? else { return Ok(None) };
        let before = lock(&self.span).replace(extent);
        let hosts: BTreeSet<String> =
            self.stores.iter().filter_map(|store| store.hosts()).flatten().collect();
        if self.host().is_empty() {
            let host = hosts.iter().next().cloned().unwrap_or_default();
            lock(&self.host).clone_from(&host);
            self.shelf().host = host;
        }
        let has_changed = before.is_some_and(|(first, _)| first < extent.0);
        Ok(Some(Extent {
            from: extent.0,
            to: extent.1,
            is_live: self.roots.iter().any(|root| store::recorder(root).is_live()),
            has_changed,
            hosts: hosts.into_iter().collect(),
            tables: self.tables(),
        }))
    }

    /// The tables that there are, where no store was opened but files by themselves.
    fn tables(&self) -> Option<BTreeSet<String>> {
        let is_alone = self.roots.iter().all(|root| root.is_file());
        is_alone.then(|| {
            self.stores.iter().flat_map(|store| store.held()).filter_map(|held| held.table).collect()
        })
    }

    /// First and last sample.
    fn extent(&self) -> Result<(Micros, Micros), String> {
        let known = *lock(&self.span);
        known.map_or_else(|| self.whole(), |span| Ok(Some(span)))?.ok_or_else(|| words::NOTHING_YET.en.into())
    }

    fn whole(&self) -> Result<Option<(Micros, Micros)>, String> {
        let sources: Vec<Arc<dyn Source>> =
            self.stores.iter().map(|store| Arc::clone(store) as Arc<dyn Source>).collect();
        query::extent(&sources).map_err(told)
    }

    fn ask(&self, sql: &str) -> Result<Vec<RecordBatch>, String> {
        self.ask_while(sql, &Running::default())
    }

    /// Answers SQL; where a file went away under it, once more over what there is now.
    fn ask_while(&self, sql: &str, running: &Running) -> Result<Vec<RecordBatch>, String> {
        let run = || {
            let mut batches = Vec::new();
            let each = |batch: &RecordBatch| {
                batches.push(batch.clone());
                ControlFlow::Continue(())
            };
            self.engine.watched(sql, running, each).map(|_| batches)
        };
        match run() {
            Err(Error::Store(_)) => {
                for store in &self.stores {
                    store.renew().map_err(told)?;
                }
                run().map_err(told)
            }
            done => done.map_err(told),
        }
    }

    /// A question of `queries/panels` about a stretch of time: recorded rows, or where it has braces what
    /// suits a stretch of that length.
    fn asked(&self, sql: &str, from: Micros, to: Micros, grain: Grain) -> Result<Vec<RecordBatch>, String> {
        let host = self.host();
        let held: Vec<Sealed> = match sql.contains('{') {
            false => Vec::new(),
            true => self.stores.iter().flat_map(|store| store.held()).filter_map(sealed).collect(),
        };
        let sql = filled(sql, &Scope { held: &held, host: &host, from, to, grain });
        let sql = over(&sql, from, to);
        self.ask(&sql.replace("$host", &quoted(&host)))
    }
}

/// What says which samples there are: `system`, or of segments by themselves the first that can.
fn ticker(stores: &[Arc<Renewed>]) -> (&'static Question, &'static str) {
    let held: Vec<Option<String>> =
        stores.iter().flat_map(|store| store.held()).map(|held| held.table).collect();
    let has = |table: &str| held.iter().any(|held| held.as_deref() == Some(table));
    let is_whole = held.is_empty() || held.contains(&None) || has("system");
    let ticker = all_questions().find(|question| !is_whole && has(question.table)).unwrap_or(&SYSTEM);
    (ticker, ticker.table)
}

fn sealed(held: query::Held) -> Option<Sealed> {
    Some(Sealed { table: held.table?, host: held.host, from: held.from, to: held.to? })
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
