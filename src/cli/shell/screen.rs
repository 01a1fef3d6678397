//! The terminal as the shell writes on it: what fits appears at once, what does not goes through a pager.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};

use super::interrupts;
use crate::cli::progress::Progress;

/// Columns and lines of the terminal.
#[derive(Clone, Copy)]
pub struct Size {
    pub columns: usize,
    pub lines: usize,
}

impl Size {
    /// As it is now; as terminals were where it does not say.
    pub fn now() -> Size {
        match terminal_size::terminal_size() {
            Some((columns, lines)) if columns.0 > 0 && lines.0 > 0 => {
                Size { columns: columns.0.into(), lines: lines.0.into() }
            }
            _ => Size { columns: 80, lines: 24 },
        }
    }

    /// How many lines of the terminal a line of text takes.
    pub fn taken(self, line: &str) -> usize {
        line.chars().count().div_ceil(self.columns).max(1)
    }
}

/// The program that shows what does not fit: `$SYSRAY_PAGER`, else `$PAGER`, else less where it is there.
/// One that is set to nothing, or to `cat`, is none.
pub fn pager() -> Option<String> {
    let named = ["SYSRAY_PAGER", "PAGER"].into_iter().find_map(|name| std::env::var(name).ok());
    match named {
        Some(command) => Some(command).filter(|command| !matches!(command.trim(), "" | "cat")),
        None => is_there("less").then(|| "less -S".to_string()),
    }
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Takes an answer.
pub struct Screen<'a> {
    progress: &'a Progress,
    size: Size,
    pager: Option<String>,
    /// What came before it was clear that it does not fit.
    held: Vec<u8>,
    paged: Option<Child>,
}

impl<'a> Screen<'a> {
    /// A screen of that size; without a pager all is written as it comes.
    pub fn new(progress: &'a Progress, size: Size, pager: Option<String>) -> Self {
        Screen { progress, size, pager, held: Vec::new(), paged: None }
    }

    /// Whether what is held still leaves room for the prompt.
    fn fits(&self) -> bool {
        let text = String::from_utf8_lossy(&self.held);
        text.lines().map(|line| self.size.taken(line)).sum::<usize>() < self.size.lines
    }

    /// Shows what is held, and waits until whoever reads has had enough.
    pub fn finish(mut self) -> io::Result<()> {
        self.progress.quiet();
        if let Some(mut pager) = self.paged.take() {
            drop(pager.stdin.take());
            pager.wait()?;
            return Ok(());
        }
        let mut out = io::stdout().lock();
        out.write_all(&self.held)?;
        out.flush()
    }

    fn page(&mut self, command: &str) {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).stdin(Stdio::piped());
        // Where there is no such program it is all written at once.
        self.paged = interrupts::start(&mut shell).ok();
    }
}

impl Write for Screen<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.progress.quiet();
        if let Some(stdin) = self.paged.as_mut().and_then(|pager| pager.stdin.as_mut()) {
            return stdin.write(bytes);
        }
        let Some(command) = self.pager.clone() else { return io::stdout().lock().write(bytes) };
        self.held.extend_from_slice(bytes);
        if !self.fits() {
            self.pager = None;
            self.page(&command);
            let held = std::mem::take(&mut self.held);
            match self.paged.as_mut().and_then(|pager| pager.stdin.as_mut()) {
                Some(stdin) => stdin.write_all(&held)?,
                None => io::stdout().lock().write_all(&held)?,
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        // An answer that broke off: what there is of it stays to be read.
        if let Some(mut pager) = self.paged.take() {
            drop(pager.stdin.take());
            let _ = pager.wait();
        }
    }
}
