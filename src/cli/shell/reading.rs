//! The line that is typed: editing, history, completion, and more lines until a question is whole.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::{Hint, Hinter};
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::completion::complete;
use super::statement::is_complete;
use crate::cli::place;
use crate::query::Vocabulary;

const PROMPT: &str = "sysray> ";

/// So many entries are remembered.
const REMEMBERED: usize = 2_000;

/// What came of a prompt.
pub enum Typed {
    Text(String),
    /// Ctrl-C: what stood there is gone.
    Nothing,
    /// Ctrl-D.
    End,
}

/// Reads what is typed.
pub struct Reader {
    editor: Editor<Words, FileHistory>,
    history: Option<PathBuf>,
}

impl Reader {
    /// With words that are asked for when they are needed.
    pub fn new(words: Box<dyn Fn() -> Vocabulary>) -> Result<Reader> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            .max_history_size(REMEMBERED)
            .and_then(|config| config.history_ignore_dups(true))
            .context("cannot read from the terminal")?
            .history_ignore_space(true)
            .build();
        let mut editor = Editor::with_config(config).context("cannot read from the terminal")?;
        editor.set_helper(Some(Words {
            ask: words,
            known: OnceCell::new(),
            files: FilenameCompleter::new(),
        }));
        let history = history();
        if let Some(path) = &history {
            // There is none yet, or one that another program wrote: neither keeps anybody from asking.
            let _ = editor.load_history(path);
        }
        Ok(Reader { editor, history })
    }

    /// Waits for a command or a question; `begun` stands there already.
    pub fn next(&mut self, begun: &str) -> Result<Typed> {
        match self.editor.readline_with_initial(PROMPT, (begun, "")) {
            Ok(text) => {
                self.remember(&text);
                Ok(Typed::Text(text))
            }
            Err(ReadlineError::Interrupted) => Ok(Typed::Nothing),
            Err(ReadlineError::Eof) => Ok(Typed::End),
            Err(error) => Err(error).context("cannot read from the terminal"),
        }
    }

    fn remember(&mut self, text: &str) {
        if text.trim().is_empty() || !self.editor.add_history_entry(text).unwrap_or(false) {
            return;
        }
        // At once, so that nothing is lost to a closed window, and two shells add to one file.
        if let Some(Err(error)) = self.history.as_ref().map(|path| self.editor.append_history(path)) {
            let path = self.history.take().unwrap_or_default();
            eprintln!("what is typed is not remembered: {}: {error}", path.display());
        }
    }
}

/// Where the history is kept, in a folder that is there; none where there is no home.
fn history() -> Option<PathBuf> {
    let folder = place::state()?.join("sysray");
    if let Err(error) = make_private(&folder) {
        eprintln!("what is typed is not remembered: {}: {error}", folder.display());
        return None;
    }
    Some(folder.join("history"))
}

#[cfg(unix)]
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// What rustyline asks while a line is edited.
struct Words {
    ask: Box<dyn Fn() -> Vocabulary>,
    known: OnceCell<Vocabulary>,
    files: FilenameCompleter,
}

impl Completer for Words {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        if line.trim_start().starts_with("\\o ") {
            return self.files.complete_path(line, at);
        }
        let (start, names) = complete(line, at, self.known.get_or_init(|| (self.ask)()));
        let pair = |name: String| Pair { display: name.trim_end().to_string(), replacement: name };
        Ok((start, names.into_iter().map(pair).collect()))
    }
}

impl Validator for Words {
    fn validate(&self, typed: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        Ok(match is_complete(typed.input()) {
            true => ValidationResult::Valid(None),
            false => ValidationResult::Incomplete,
        })
    }
}

/// What stands dim behind the cursor; it cannot be taken over.
struct Way;

impl Hint for Way {
    fn display(&self) -> &str {
        "  ; ends the question"
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Words {
    type Hint = Way;

    /// To who waits for an answer, on the empty line that came instead.
    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<Way> {
        (at == line.len() && line.ends_with('\n') && !is_complete(line)).then_some(Way)
    }
}

impl Highlighter for Words {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\x1b[2m{hint}\x1b[m"))
    }
}

impl Helper for Words {}
