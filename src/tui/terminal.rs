//! Keys go in, frames come out, until somebody quits.

use std::io::{self, IsTerminal, Write, stdout};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use base64::Engine as _;
use ratatui::crossterm::event::{
    self, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind,
};

use super::desk::{Desk, Hands};
use super::effect::Effect;
use super::event::Event;
use super::guard::TerminalGuard;
use super::keys::Key;
use super::model::Model;
use super::update::update;
use super::view::view;
use crate::time::Clock;

/// How often the clock is told while nothing else happens; a playing cursor is told more often.
const PAUSE: Duration = Duration::from_millis(1000);
const PLAYING: Duration = Duration::from_millis(50);

/// Whether there is a terminal to draw on and to be typed at.
pub fn is_there() -> bool {
    stdout().is_terminal() && io::stdin().is_terminal()
}

/// Shows the desk until somebody quits or `stop` says so.
///
/// # Errors
/// A terminal that cannot be drawn on.
pub fn run(model: Model, desk: Desk, clock: &dyn Clock, stop: &Receiver<()>) -> io::Result<()> {
    let mut screen = TerminalGuard::take()?;
    watch(&mut screen, model, desk, clock, stop)?;
    if screen.is_over() {
        return Err(io::Error::other("a thread of the desk failed, and cannot go on"));
    }
    screen.give_back()
}

fn watch(
    screen: &mut TerminalGuard,
    mut model: Model,
    desk: Desk,
    clock: &dyn Clock,
    stop: &Receiver<()>,
) -> io::Result<()> {
    let (events, happens) = mpsc::channel();
    let hands = Hands::start(desk, events.clone());
    std::thread::spawn(move || listen(&events));
    let (columns, lines) = screen.size()?;
    let mut effects = update(&mut model, Event::Size(columns, lines));
    effects.extend(update(&mut model, Event::Clock(clock.wall())));
    let mut told = clock.wall();
    loop {
        for effect in effects.drain(..) {
            match effect {
                Effect::Quit => return Ok(()),
                Effect::Copy(text) => copy(&text)?,
                effect => hands.give(effect),
            }
        }
        if screen.is_over() {
            return Ok(());
        }
        screen.draw(|frame| view(&model, frame))?;
        let pause = if model.time.play.is_some() { PLAYING } else { PAUSE };
        let next = happens.recv_timeout(pause);
        // What is said now is said from now on, however long nothing was done before.
        let now = clock.wall();
        if now.0 - told.0 >= pause.as_micros() as i64 * 9 / 10 || now < told {
            told = now;
            effects.extend(update(&mut model, Event::Clock(now)));
        }
        match next {
            Ok(event) => effects.extend(update(&mut model, event)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        // What has come meanwhile is taken in before the next frame.
        while let Ok(event) = happens.try_recv() {
            effects.extend(update(&mut model, event));
        }
        if stop.try_recv().is_ok() {
            return Ok(());
        }
    }
}

/// Hands on what is typed, until there is no terminal any more.
fn listen(events: &Sender<Event>) {
    while let Ok(happened) = event::read() {
        let event = match happened {
            event::Event::Key(key) if key.kind != KeyEventKind::Release => key_of(&key).map(Event::Key),
            event::Event::Resize(columns, lines) => Some(Event::Size(columns, lines)),
            event::Event::Mouse(mouse) => match mouse.kind {
                MouseEventKind::Down(MouseButton::Left) => Some(Event::Click(mouse.column, mouse.row)),
                MouseEventKind::Drag(MouseButton::Left) => Some(Event::Drag(mouse.column, mouse.row)),
                MouseEventKind::ScrollUp => Some(Event::Wheel(mouse.column, mouse.row, -1)),
                MouseEventKind::ScrollDown => Some(Event::Wheel(mouse.column, mouse.row, 1)),
                _ => None,
            },
            _ => None,
        };
        if let Some(event) = event
            && events.send(event).is_err()
        {
            return;
        }
    }
    let _ = events.send(Event::Key(Key::Ctrl('c')));
}

fn key_of(key: &KeyEvent) -> Option<Key> {
    let has = |modifier| key.modifiers.contains(modifier);
    Some(match key.code {
        // What Enter is that was pressed before the terminal handed out keys one by one.
        KeyCode::Char('j') if has(KeyModifiers::CONTROL) => Key::Enter,
        KeyCode::Char(c) if has(KeyModifiers::CONTROL) => Key::Ctrl(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Left if has(KeyModifiers::SHIFT) || has(KeyModifiers::CONTROL) => Key::ShiftLeft,
        KeyCode::Right if has(KeyModifiers::SHIFT) || has(KeyModifiers::CONTROL) => Key::ShiftRight,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Enter => Key::Enter,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Esc => Key::Esc,
        KeyCode::F(n) => Key::F(n),
        _ => return None,
    })
}

/// Gives a text to the terminal's clipboard, over ssh too (OSC 52).
fn copy(text: &str) -> io::Result<()> {
    let coded = base64::engine::general_purpose::STANDARD.encode(text);
    let mut out = stdout();
    write!(out, "\x1b]52;c;{coded}\x07")?;
    out.flush()
}
