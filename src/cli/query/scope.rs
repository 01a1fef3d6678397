//! What questions are asked of: stores, a range, and limits. Opened anew, it has what was recorded meanwhile.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;

use crate::cli::args::{Query, RangeArgs};
use crate::cli::place;
use crate::cli::when::{self, When};
use crate::query::{self, Engine, Footers, Listed, Options};

/// What a bucket holds is listed anew when it was so long ago.
const LISTED: Duration = Duration::from_secs(5);

/// The part of the memory that may be taken by what is gathered of an answer. Parquet's writer takes some times
/// as much as it tells of.
const GATHERED: u64 = 16;

/// Which recordings are asked, of which range, and what a question may take.
pub struct Scope {
    roots: Vec<PathBuf>,
    range: Mutex<RangeArgs>,
    memory: u64,
    timeout: Option<Duration>,
    listed: Listed,
    footers: Arc<Footers>,
}

impl Scope {
    /// What the options say.
    pub fn of(args: &Query) -> Result<Self> {
        let roots = place::stores(args.place.store.clone(), args.place.config.clone())?;
        Ok(Scope {
            roots,
            range: Mutex::new(args.range.clone()),
            memory: args.memory,
            timeout: args.timeout,
            listed: Listed::for_at_most(LISTED),
            footers: Arc::default(),
        })
    }

    /// Where it is recorded, in words.
    pub fn named(&self) -> String {
        place::named(&self.roots)
    }

    /// The range as it is typed.
    pub fn range(&self) -> RangeArgs {
        self.range.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes another range from here on, where that is one and something is recorded in it.
    pub fn narrow(&self, range: RangeArgs) -> Result<When> {
        let keep = |range: RangeArgs| *self.range.lock().unwrap_or_else(PoisonError::into_inner) = range;
        let before = self.range();
        keep(range);
        self.open().map(|(_, when)| when).inspect_err(|_| keep(before))
    }

    /// How much of an answer a format may gather before it writes it, of all that the program may take.
    pub fn held_bytes(&self) -> usize {
        usize::try_from(self.memory / GATHERED).unwrap_or(usize::MAX)
    }

    /// An engine over what is recorded by now, and the range as it is understood now.
    pub fn open(&self) -> Result<(Engine, When)> {
        // Opened once: what is asked is what the range was read against.
        let sources = self.listed.sources(&self.roots)?;
        let when = when::over(&self.roots, query::extent(&sources)?, &self.range())?;
        let options = Options::new(when.read_time()).within(self.memory);
        let footers = self.footers.clone();
        let options = Options { range: when.range, timeout: self.timeout, footers, ..options };
        Ok((Engine::over(sources, options)?, when))
    }
}
