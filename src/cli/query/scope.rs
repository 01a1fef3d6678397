//! What questions are asked of: stores, a range, and limits. Opened anew, it has what was recorded meanwhile.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use crate::cli::args::{Query, RangeArgs};
use crate::cli::place;
use crate::cli::when::{self, When};
use crate::query::{self, Engine, Footers, Listed, Options};

/// What a bucket holds is listed anew when it was so long ago.
const LISTED: Duration = Duration::from_secs(5);

/// Which recordings are asked, of which range, and what a question may take.
pub struct Scope {
    roots: Vec<PathBuf>,
    range: RangeArgs,
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
            range: args.range.clone(),
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

    /// An engine over what is recorded by now, and the range as it is understood now.
    pub fn open(&self) -> Result<(Engine, When)> {
        // Opened once: what is asked is what the range was read against.
        let sources = self.listed.sources(&self.roots)?;
        let when = when::over(&self.roots, query::extent(&sources)?, &self.range)?;
        let options = Options::new(when.read_time()).within(self.memory);
        let footers = self.footers.clone();
        let options = Options { range: when.range, timeout: self.timeout, footers, ..options };
        Ok((Engine::over(sources, options)?, when))
    }
}
