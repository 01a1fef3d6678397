//! What answers the model: an engine over the stores, on threads of its own, so that the screen never waits.
//!
//! One thread moves the cursor, which is what one waits for; another does all else.

pub mod anomalies;
mod glossary;
mod logs;
mod moments;
mod ranges;
mod shelf;

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::RecordBatch;

use super::effect::Effect;
use super::event::{Event, Extent};
use super::panel::{Panel, Question, SYSTEM, question};
use super::sheet::Sheet;
use super::words;
use crate::query::tiers::{Grain, Scope, Sealed, filled, literal, quoted};
use crate::query::{self, Engine, Error, Options, Renewed, Running, Source};
use crate::store;
use crate::time::Micros;
use moments::Moments;
use shelf::Shelf;

/// What the program around the desk does for it.
pub trait Hooks: Send + Sync {
    /// Writes a range of a host into a place of that name: a table where the name ends as a file of rows does,
    /// else a store. Says what it wrote.
    ///
    /// # Errors
    /// Why it could not, in one line.
    fn export(&self, host: &str, table: &str, range: (Micros, Micros), into: &str) -> Result<String, String>;

    /// Writes the report of a range; says where it is.
    ///
    /// # Errors
    /// Why it could not, in one line.
    fn report(&self, host: &str, from: Micros, to: Micros) -> Result<String, String>;
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
    /// The typed question that is being answered.
    running: Mutex<Running>,
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
            running: Mutex::default(),
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
        let hosts: std::collections::BTreeSet<String> =
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
        }))
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

    /// Answers SQL; where a file went away under it, once more over what there is now.
    fn ask(&self, sql: &str) -> Result<Vec<RecordBatch>, String> {
        match self.engine.run(sql) {
            Ok((_, batches)) => Ok(batches),
            Err(Error::Store(_)) => {
                for store in &self.stores {
                    store.renew().map_err(told)?;
                }
                self.engine.run(sql).map(|(_, batches)| batches).map_err(told)
            }
            Err(error) => Err(told(error)),
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
        let sql = sql.replace("$from", &literal(from)).replace("$to", &literal(to));
        self.ask(&sql.replace("$host", &quoted(&host)))
    }
}

/// What says which samples there are: `system`, or of segments by themselves the first that can.
fn ticker(stores: &[Arc<Renewed>]) -> (&'static Question, &'static str) {
    let held: Vec<Option<String>> =
        stores.iter().flat_map(|store| store.held()).map(|held| held.table).collect();
    let has = |table: &str| held.iter().any(|held| held.as_deref() == Some(table));
    let is_whole = held.is_empty() || held.contains(&None) || has("system");
    let other = Panel::ALL.into_iter().filter(|panel| !is_whole && has(panel.table()));
    let other = other.filter_map(|panel| Some((question(panel.questions().first()?)?, panel.table())));
    other.chain([(&SYSTEM, "system")]).next().unwrap_or((&SYSTEM, "system"))
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

/// Something for the second thread.
enum Job {
    Effect(Effect),
    /// Answers a typed question.
    Ask(String, Running),
    /// Reads a stretch that will be wanted next.
    Read(&'static super::panel::Question, shelf::Place),
}

/// Who effects are given to.
pub struct Hands {
    desk: Arc<Desk>,
    moves: Sender<Effect>,
    rest: Sender<Job>,
}

impl Hands {
    /// Starts the threads; what comes of effects goes to `events`.
    pub fn start(desk: Desk, events: Sender<Event>) -> Hands {
        let desk = Arc::new(desk);
        let (moves, to_move) = mpsc::channel();
        let (rest, to_do) = mpsc::channel();
        let (mover, reader, told) = (desk.clone(), rest.clone(), events.clone());
        let end = events.clone();
        std::thread::spawn(move || guarded(&end, || moving(&mover, &to_move, &reader, &told)));
        let doer = desk.clone();
        let end = events.clone();
        std::thread::spawn(move || guarded(&end, || doing(&doer, &to_do, &events)));
        Hands { desk, moves, rest }
    }

    /// Has an effect carried out.
    pub fn give(&self, effect: Effect) {
        // A thread that has ended has nothing more to say.
        let _ = match effect {
            Effect::Ask(sql) => {
                // The one before is no longer wanted.
                let running = Running::default();
                std::mem::replace(&mut *lock(&self.desk.running), running.clone()).cancel();
                self.rest.send(Job::Ask(sql, running)).map_err(drop)
            }
            Effect::Cancel => {
                lock(&self.desk.running).cancel();
                Ok(())
            }
            Effect::Go(_) | Effect::Look | Effect::Host(_) => self.moves.send(effect).map_err(drop),
            effect => self.rest.send(Job::Effect(effect)).map_err(drop),
        };
    }
}

/// A thread whose work ends by a panic, which was told, ends the program: nobody would answer any more.
fn guarded(events: &Sender<Event>, work: impl FnOnce()) {
    if std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err() {
        let _ = events.send(Event::Key(super::keys::Key::Ctrl('c')));
    }
}

fn moving(desk: &Desk, effects: &Receiver<Effect>, rest: &Sender<Job>, events: &Sender<Event>) {
    let mut moments = Moments::new(rest.clone());
    while let Ok(effect) = effects.recv() {
        let event = match effect {
            Effect::Go(go) => Event::Moment(moments.go(desk, &go)),
            Effect::Host(host) => {
                lock(&desk.host).clone_from(&host);
                *desk.shelf() = Shelf::of(host);
                moments.forget();
                continue;
            }
            _ => Event::Extent(desk.look()),
        };
        if events.send(event).is_err() {
            return;
        }
    }
}

fn doing(desk: &Desk, jobs: &Receiver<Job>, events: &Sender<Event>) {
    let mut waiting: Vec<Job> = Vec::new();
    loop {
        if waiting.is_empty() {
            let Ok(job) = jobs.recv() else { return };
            waiting.push(job);
        }
        waiting.extend(jobs.try_iter());
        let job = waiting.remove(0);
        // Of what is drawn over and over only the newest counts.
        let is_old = |job: &Job, later: &Job| match (job, later) {
            (Job::Effect(one), Job::Effect(other)) => {
                matches!(
                    one,
                    Effect::Course { .. }
                        | Effect::History { .. }
                        | Effect::Logs { .. }
                        | Effect::Words { .. }
                ) && std::mem::discriminant(one) == std::mem::discriminant(other)
            }
            _ => false,
        };
        if waiting.iter().any(|later| is_old(&job, later)) {
            continue;
        }
        let event = match job {
            Job::Ask(sql, running) => {
                let answer = answer(desk, &sql, &running);
                Event::Answer(sql, answer)
            }
            Job::Read(question, place) => {
                // What cannot be read ahead is asked for when it is wanted, and said then.
                let _ = moments::read(desk, question, place);
                continue;
            }
            Job::Effect(effect) => match done(desk, effect) {
                Some(event) => event,
                None => continue,
            },
        };
        if events.send(event).is_err() {
            return;
        }
    }
}

fn done(desk: &Desk, effect: Effect) -> Option<Event> {
    Some(match effect {
        Effect::Course { from, to, columns } => Event::Course(ranges::course(desk, from, to, columns)),
        Effect::History { of, from, to, columns } => {
            Event::History(ranges::history(desk, &of, from, to, columns).map(|course| (of.name(), course)))
        }
        Effect::Marks { from, to } => Event::Marks(Micros(i64::MIN), ranges::marks(desk, from, to)),
        Effect::Events { from, to } => Event::Marks(from, ranges::events(desk, from, to)),
        Effect::Until { from, condition, is_back } => {
            Event::Until(ranges::until(desk, from, &condition, is_back))
        }
        Effect::Logs { from, to, files, errors, lang } => {
            Event::Logs(logs::around(from, to, &files, errors, lang))
        }
        Effect::Words { text, lang } => Event::Words(glossary::found(&text, lang)),
        Effect::Export { from, to, into, table } => {
            Event::Told(desk.hooks.export(&desk.host(), table, (from, to), &into))
        }
        Effect::Report { from, to } => Event::Told(desk.hooks.report(&desk.host(), from, to)),
        Effect::Quit
        | Effect::Ask(_)
        | Effect::Cancel
        | Effect::Look
        | Effect::Go(_)
        | Effect::Copy(_)
        | Effect::Host(_) => {
            return None;
        }
    })
}

/// So many rows of an answer are shown.
const MOST_ROWS: usize = 10_000;

fn answer(desk: &Desk, sql: &str, running: &Running) -> Result<Sheet, String> {
    let mut batches = Vec::new();
    let mut rows = 0;
    let schema = desk.engine.watched(sql.trim().trim_end_matches(';'), running, |batch| {
        batches.push(batch.slice(0, batch.num_rows().min(MOST_ROWS - rows)));
        rows += batch.num_rows().min(MOST_ROWS - rows);
        if rows < MOST_ROWS { std::ops::ControlFlow::Continue(()) } else { std::ops::ControlFlow::Break(()) }
    });
    let schema = schema.map_err(told)?;
    arrow::compute::concat_batches(&schema, &batches).map(Sheet::new).map_err(told)
}
