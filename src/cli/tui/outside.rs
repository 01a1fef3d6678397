//! What the desk has done outside of it: exports and reports.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use arrow::array::RecordBatch;
use jiff::tz::TimeZone;

use super::super::query::{answer, into_file};
use super::super::report::asked_of;
use super::super::when::When;
use super::options;
use crate::export::{self, Format};
use crate::query::tiers::{literal, quoted};
use crate::query::{self, Engine, Options, Running};
use crate::report;
use crate::store::{self, Cut};
use crate::time::{Clock, Context, Micros, Range, SystemClock, show};
use crate::tui::desk::Hooks;
use crate::tui::effect::{Export, Exported, Subject};
use crate::tui::words::{self, Lang, filled};

/// What the desk has done outside of it.
pub struct Outside {
    pub roots: Vec<PathBuf>,
    pub zone: TimeZone,
}

impl Outside {
    fn written(&self, export: &Export, running: &Running) -> Result<String> {
        let Export { host, from, to, of, into, lang } = export;
        let (path, label, host) = (PathBuf::from(into), host, quoted(host));
        // What is no file and no folder, such as a pipe, is written into.
        if path.is_file() || path.is_dir() {
            bail!(filled(words::THERE_ALREADY.in_lang(*lang), &[into]));
        }
        let format = match (Format::of_path(&path), of) {
            (Some(format), _) => format,
            (None, Exported::Answer(_)) => Format::Csv,
            (None, _) => return self.cut(export),
        };
        let sql = match of {
            Exported::Table(table) => format!("select * from {table} where host = {host}"),
            Exported::Of(Subject::Process { pid, start_time, .. }) => format!(
                "select * from process where host = {host} and pid = {pid} and start_time = {}",
                literal(*start_time)
            ),
            Exported::Of(Subject::Cgroup { path }) => {
                format!("select * from cgroup where host = {host} and path = {}", quoted(path))
            }
            Exported::Answer(sql) => sql.trim().trim_end_matches(';').to_string(),
        };
        let range = match of {
            Exported::Answer(_) => Range::ALL,
            _ => Range { from: Some(Micros(from.0 - 1)), to: Some(*to) },
        };
        let engine = Engine::open(&self.roots, Options { range, ..options(&self.zone) })?;
        let table = match of {
            Exported::Table(table) => table,
            Exported::Of(Subject::Process { .. }) => "process",
            Exported::Of(Subject::Cgroup { .. }) => "cgroup",
            Exported::Answer(_) => "",
        };
        // By these the file can be opened again as a segment by itself can.
        let facts = [("sysray.table", table.to_string()), ("sysray.host", label.clone())];
        let facts = facts.into_iter().filter(|_| !table.is_empty()).collect();
        let style = export::Options { zone: self.zone.clone(), facts, ..export::Options::default() };
        let mut rows = 0;
        into_file(&path, false, |out| {
            rows = answer(&engine, &sql, running, format, &style, out)?;
            Ok(())
        })?;
        let word = if table.is_empty() { words::ANSWER_WRITTEN } else { words::ROWS_WRITTEN };
        Ok(filled(word.in_lang(*lang), &[into, &rows.to_string(), table]))
    }

    /// A range as a store of its own.
    fn cut(&self, export: &Export) -> Result<String> {
        let Export { host, from, to, into, lang, .. } = export;
        let [root] = self.roots.as_slice() else { bail!(words::ONE_STORE.in_lang(*lang)) };
        let range = Range { from: Some(Micros(from.0 - 1)), to: Some(*to) };
        let asked = Cut { range, hosts: vec![host.clone()], redact: false };
        let cut = store::cut(root, Path::new(into), &asked, &mut |_, _| {})?;
        Ok(filled(
            words::STORE_WRITTEN.in_lang(*lang),
            &[into, &cut.rows.to_string(), &cut.files.to_string()],
        ))
    }

    fn reported(
        &self,
        host: &str,
        (from, to): (Micros, Micros),
        lang: Lang,
        running: &Running,
    ) -> Result<String> {
        let sources = query::sources(&self.roots)?;
        let context = Context {
            now: SystemClock::default().wall(),
            zone: self.zone.clone(),
            start: None,
            end: None,
            live: false,
        };
        let when = When::of(context, Range { from: Some(Micros(from.0 - 1)), to: Some(to) });
        let asked = asked_of(&sources, Some(host.to_string()), &when);
        let engine = Engine::over(sources, options(&self.zone))?;
        let ask = |sql: &str| {
            let mut batches = Vec::new();
            let each = |batch: &RecordBatch| {
                batches.push(batch.clone());
                ControlFlow::Continue(())
            };
            engine.watched(sql, running, each).map(|_| batches).map_err(report::Failure::from)
        };
        let text = report::markdown(&report::gather(&ask, &asked)?);
        let moment: String = show(from, &self.zone).chars().filter(char::is_ascii_digit).take(14).collect();
        let path = PathBuf::from(format!("sysray-report-{host}-{moment}.md"));
        if path.exists() {
            bail!(filled(words::THERE_ALREADY.in_lang(lang), &[&path.display().to_string()]));
        }
        into_file(&path, false, |out| Ok(out.write_all(text.as_bytes())?))?;
        Ok(filled(words::REPORT_WRITTEN.in_lang(lang), &[&path.display().to_string()]))
    }
}

/// What was stopped is said to be so, wherever it was by then.
fn said(done: Result<String>, running: &Running) -> Result<String, String> {
    done.map_err(|error| match running.is_cancelled() {
        true => words::INTERRUPTED.en.into(),
        false => super::super::one_line(&error),
    })
}

impl Hooks for Outside {
    fn export(&self, export: &Export, running: &Running) -> Result<String, String> {
        // What waited for its turn may have been stopped meanwhile.
        if running.is_cancelled() {
            return Err(words::INTERRUPTED.en.into());
        }
        said(self.written(export, running), running)
    }

    fn report(
        &self,
        host: &str,
        range: (Micros, Micros),
        lang: Lang,
        running: &Running,
    ) -> Result<String, String> {
        said(self.reported(host, range, lang, running), running)
    }
}
