//! The terminal while it is the desk's: another screen, keys as they come, no cursor, the mouse. However it ends, by
//! leaving, an error or a panic, the terminal is as it was before.

use std::io::{self, stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::event::{DisableMouseCapture, EnableMouseCapture};
use ratatui::crossterm::execute;
use ratatui::{DefaultTerminal, Frame};

/// Threads of the engine, which hand out what ends them: the desk says it and goes on.
const HANDING_OUT: [&str; 2] = ["question", "query"];

/// Holds the terminal; let go of, it gives it back.
pub struct TerminalGuard {
    terminal: Option<DefaultTerminal>,
    /// Whether it was given back for a panic to be told.
    is_over: Arc<AtomicBool>,
}

impl TerminalGuard {
    /// Takes the terminal.
    ///
    /// # Errors
    /// One that cannot be drawn on; then it is as it was.
    pub fn take() -> io::Result<TerminalGuard> {
        let terminal = ratatui::try_init().inspect_err(|_| drop(ratatui::try_restore()))?;
        let is_over = Arc::<AtomicBool>::default();
        let over = is_over.clone();
        // It gives the screen back and then tells.
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name().is_some_and(|name| HANDING_OUT.contains(&name)) {
                return;
            }
            over.store(true, Ordering::SeqCst);
            let _ = execute!(stdout(), DisableMouseCapture, Show);
            told(panic);
        }));
        let _ = execute!(stdout(), EnableMouseCapture);
        Ok(TerminalGuard { terminal: Some(terminal), is_over })
    }

    /// Whether a panic was told on it: nothing may be drawn over that.
    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// How many columns and lines it has.
    ///
    /// # Errors
    /// A terminal that does not tell, or was given back.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.as_ref().ok_or_else(gone)?.size()?;
        Ok((size.width, size.height))
    }

    /// Draws a frame.
    ///
    /// # Errors
    /// A terminal that cannot be drawn on, or was given back.
    pub fn draw(&mut self, frame: impl FnOnce(&mut Frame)) -> io::Result<()> {
        self.terminal.as_mut().ok_or_else(gone)?.draw(frame).map(drop)
    }

    /// Gives it back, unless that is done.
    ///
    /// # Errors
    /// A terminal that is there no more.
    pub fn give_back(&mut self) -> io::Result<()> {
        let Some(mut terminal) = self.terminal.take().filter(|_| !self.is_over()) else { return Ok(()) };
        let _ = execute!(stdout(), DisableMouseCapture);
        // Each for itself: where one cannot be, the others may.
        let (shown, left) = (terminal.show_cursor(), ratatui::try_restore());
        let restored = shown.and(left);
        if restored.is_err() {
            // Of a terminal that was closed it would say so on that terminal when it is dropped, which ends the
            // program at once: nobody would clear away what it recorded meanwhile.
            std::mem::forget(terminal);
        }
        restored
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        let _ = self.give_back();
    }
}

fn gone() -> io::Error {
    io::Error::other("the terminal was given back")
}
