//! Who carries effects out: the threads, and which of them an effect is for.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::super::effect::Effect;
use super::super::event::Event;
use super::super::panel::Question;
use super::logs::Logs;
use super::moments::{self, Moments};
use super::shelf::{Place, Shelf};
use super::typed::{self, Stops};
use super::{Desk, glossary, lock, ranges};
use crate::query::Running;
use crate::time::Micros;

/// A cursor that stays so long is about to make a step: what is around it is read then. One that is dragged along the
/// strip has no use for it.
const REST: Duration = Duration::from_millis(60);

/// Something for the second thread.
pub enum Job {
    Effect(Effect),
    /// Reads a stretch that will be wanted next.
    Read(&'static Question, Place),
}

/// Who effects are given to.
pub struct Hands {
    moves: Sender<Effect>,
    rest: Sender<Job>,
    typed: Option<Sender<(Effect, Running)>>,
    stops: Mutex<Stops>,
    typing: JoinHandle<()>,
}

/// So long what was being written has to clear away what is unfinished of it.
const CLEARING: Duration = Duration::from_secs(5);

/// What is being written is given up, and leaves nothing behind.
impl Drop for Hands {
    fn drop(&mut self) {
        lock(&self.stops).cancel();
        self.typed = None;
        let left = Instant::now();
        while !self.typing.is_finished() && left.elapsed() < CLEARING {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Hands {
    /// Starts the threads; what comes of effects goes to `events`.
    pub fn start(desk: Desk, events: Sender<Event>) -> Hands {
        let desk = Arc::new(desk);
        let (moves, to_move) = mpsc::channel();
        let (rest, to_do) = mpsc::channel();
        let (typed, to_answer) = mpsc::channel();
        let reader = rest.clone();
        thread(&desk, &events, move |desk, events| moving(desk, &to_move, &reader, events));
        thread(&desk, &events, move |desk, events| doing(desk, &to_do, events));
        let typing = thread(&desk, &events, move |desk, events| typed::work(desk, &to_answer, events));
        Hands { moves, rest, typed: Some(typed), stops: Mutex::default(), typing }
    }

    /// Has an effect carried out.
    pub fn give(&self, effect: Effect) {
        // A thread that has ended has nothing more to say.
        let _ = match effect {
            Effect::Cancel => {
                lock(&self.stops).cancel();
                Ok(())
            }
            Effect::Ask(..) | Effect::Until { .. } | Effect::Export(_) | Effect::Report { .. } => {
                let running = lock(&self.stops).of(&effect);
                self.typed.as_ref().map_or(Ok(()), |typed| typed.send((effect, running)).map_err(drop))
            }
            Effect::Go(_) | Effect::Look | Effect::Host(_) => self.moves.send(effect).map_err(drop),
            effect => self.rest.send(Job::Effect(effect)).map_err(drop),
        };
    }
}

fn thread(
    desk: &Arc<Desk>,
    events: &Sender<Event>,
    work: impl FnOnce(&Desk, &Sender<Event>) + Send + 'static,
) -> JoinHandle<()> {
    let (desk, events) = (Arc::clone(desk), events.clone());
    std::thread::spawn(move || guarded(&events, || work(&desk, &events)))
}

/// A thread whose work ends by a panic, which was told, ends the program: nobody would answer any more.
fn guarded(events: &Sender<Event>, work: impl FnOnce()) {
    if std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err() {
        let _ = events.send(Event::Key(super::super::keys::Key::Ctrl('c')));
    }
}

fn moving(desk: &Desk, effects: &Receiver<Effect>, rest: &Sender<Job>, events: &Sender<Event>) {
    let mut moments = Moments::new(rest.clone());
    loop {
        let next = match moments.looks_ahead() {
            true => effects.recv_timeout(REST),
            false => effects.recv().map_err(RecvTimeoutError::from),
        };
        let effect = match next {
            Ok(effect) => effect,
            Err(RecvTimeoutError::Timeout) => {
                moments.read_ahead();
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
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
    let mut logs = Logs::default();
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
            Job::Read(question, place) => {
                // What cannot be read ahead is asked for when it is wanted, and said then.
                let _ = moments::read(desk, question, place);
                continue;
            }
            Job::Effect(effect) => match done(desk, effect, &mut logs) {
                Some(event) => event,
                None => continue,
            },
        };
        if events.send(event).is_err() {
            return;
        }
    }
}

fn done(desk: &Desk, effect: Effect, logs: &mut Logs) -> Option<Event> {
    Some(match effect {
        Effect::Course { from, to, columns } => Event::Course(ranges::course(desk, from, to, columns)),
        Effect::History { of, from, to, columns } => {
            Event::History(ranges::history(desk, &of, from, to, columns).map(|course| (of.name(), course)))
        }
        Effect::Marks { from, to } => Event::Marks(Micros(i64::MIN), ranges::marks(desk, from, to)),
        Effect::Events { from, to } => Event::Marks(from, ranges::events(desk, from, to)),
        Effect::Logs { from, to, files, errors, lang } => {
            Event::Logs(logs.around(from, to, &files, errors, lang))
        }
        Effect::Words { text, lang } => Event::Words(glossary::found(&text, lang)),
        Effect::Quit
        | Effect::Ask(..)
        | Effect::Until { .. }
        | Effect::Export(_)
        | Effect::Report { .. }
        | Effect::Cancel
        | Effect::Look
        | Effect::Go(_)
        | Effect::Copy(_)
        | Effect::Host(_) => {
            return None;
        }
    })
}
