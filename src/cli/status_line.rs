//! What a recording shows: one line that is written over on a terminal, else nothing but trouble.

use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};

use super::talk::Talk;
use crate::record::{Progress, Summary, Watcher};
pub use crate::schema::show_size as human;

/// Shows a recording on stderr.
pub struct StatusLine {
    store: PathBuf,
    terminal: bool,
    last_trouble: String,
    talk: Talk,
}

impl StatusLine {
    /// For a recording into that store.
    pub fn new(store: &Path) -> Self {
        let (terminal, talk) = (stderr().is_terminal(), Talk::new());
        StatusLine { store: store.into(), terminal, last_trouble: String::new(), talk }
    }

    /// Ends the line, and says where the recording is.
    pub fn finish(mut self, summary: &Summary) {
        if self.terminal {
            self.write(&format!("{} samples in {}\n", summary.ticks, self.store.display()));
        }
    }

    /// Writes over the line.
    fn write(&mut self, text: &str) {
        self.talk.say(format!("\r\x1b[K{text}"));
    }
}

impl Watcher for StatusLine {
    fn is_watching(&self) -> bool {
        self.terminal
    }

    fn ticked(&mut self, progress: &Progress) {
        let seconds = progress.elapsed.as_secs_f64().max(0.001);
        let rate = progress.ticks as f64 / seconds;
        let mut text = format!(
            "{} samples, {rate:.2}/s, {} rows each, {} written",
            progress.ticks,
            progress.rows,
            human(progress.written_bytes as f64),
        );
        if let Some(cpu_us) = progress.cpu_us {
            let per_sample = cpu_us as f64 / 1000.0 / progress.ticks.max(1) as f64;
            text += &format!("; own cost {per_sample:.1} ms CPU a sample");
        }
        if let Some(rss) = progress.rss_bytes {
            text += &format!(", {}", human(rss as f64));
        }
        self.write(&text);
    }

    fn trouble(&mut self, what: &str) {
        // What stays wrong is said once, not at every tick.
        if what != self.last_trouble {
            if self.terminal {
                self.write("");
            }
            self.talk.say(format!("sysray: {}\n", what.split_whitespace().collect::<Vec<_>>().join(" ")));
            self.last_trouble = what.into();
        }
    }

    fn sealing(&mut self) {
        if self.terminal {
            self.write("sealing …");
        }
    }
}
