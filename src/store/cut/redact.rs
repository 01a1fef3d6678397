//! Columns of a redacted cut: names of hosts and people, command lines and addresses are made
//! unrecognisable, the same name the same way each time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int64Type};

use super::secrets::{HIDDEN, Secrets};
use super::treatment::{Treatment, treatment};
use crate::schema::{Table, table};
use crate::store::segment::Reader;
use crate::store::{Catalog, Error, Identity};
use crate::time::Range;

/// The first uid of people, and that of nobody: below are services, whose names are no secrets.
const PEOPLE: std::ops::Range<i64> = 1000..65_534;
/// Uids that the system gives to people of a directory.
const DIRECTORY: i64 = 65_536;
/// How many texts are remembered with what became of them.
const REMEMBERED: usize = 1 << 16;

/// What names become.
pub struct Redaction {
    labels: BTreeMap<String, String>,
    machines: BTreeMap<String, String>,
    secrets: Secrets,
    remembered: HashMap<(Treatment, String), String>,
}

impl Redaction {
    /// Looks through the range for names of hosts and people.
    pub fn new(
        catalog: &Catalog,
        identity: &Identity,
        wanted: &[String],
        all: &[String],
        range: &Range,
    ) -> Result<Self, Error> {
        // All hosts of the store get a number, so that none is named in another's messages.
        let others = all.iter().filter(|host| !wanted.contains(host));
        let hosts = wanted.iter().chain(others).chain(identity.hosts.values());
        let (mut labels, mut machines) = (BTreeMap::new(), BTreeMap::new());
        for host in hosts {
            let next = labels.len() + 1;
            labels.entry(host.clone()).or_insert_with(|| format!("host-{next}"));
        }
        for (machine, label) in &identity.hosts {
            let number = labels[label].trim_start_matches("host-");
            machines.insert(machine.clone(), format!("machine-{number}"));
        }
        let mut secrets = Secrets::default();
        for (host, label) in &labels {
            know_host(&mut secrets, host, label);
        }
        machines.iter().for_each(|(machine, instead)| secrets.know(machine, instead));
        // What the host is may have been written before the range.
        let before = Range { from: None, ..*range };
        for (host, name, _) in pairs(catalog, "host", "hostname", "ts", &before)? {
            know_host(&mut secrets, &name, labels.get(&host).map_or(HIDDEN, String::as_str));
        }
        for (_, name, uid) in pairs(catalog, "process", "username", "uid", range)? {
            if uid.is_none_or(|uid| PEOPLE.contains(&uid) || uid >= DIRECTORY) {
                secrets.know(&name, &user(uid));
            }
        }
        Ok(Redaction { labels, machines, secrets, remembered: HashMap::new() })
    }

    /// The label that a host has in the cut.
    pub fn label(&self, host: &str) -> String {
        self.labels.get(host).cloned().unwrap_or_else(|| HIDDEN.into())
    }

    /// What stands in place of a machine's id.
    pub fn machine(&self, machine: &str) -> String {
        self.machines.get(machine).cloned().unwrap_or_else(|| "machine".into())
    }

    /// A column; `of` hands out columns as they are.
    pub fn column(
        &mut self,
        table: &Table,
        field: &Field,
        of: &dyn Fn(&Field) -> Result<ArrayRef, Error>,
    ) -> Result<ArrayRef, Error> {
        let values = of(field)?;
        let Some(texts) = values.as_string_opt::<i32>() else { return Ok(values) };
        let treatment = treatment(table.name, field.name()).unwrap_or(Treatment::Hide);
        let other = |name: &str, datatype: DataType| of(&Field::new(name, datatype, true));
        let redacted: StringArray = match treatment {
            Treatment::Keep => return Ok(values),
            Treatment::User => {
                let uids = other("uid", DataType::Int64)?;
                let uids = uids.as_primitive::<Int64Type>();
                let uid = |at: usize| uids.is_valid(at).then(|| uids.value(at));
                let user = |(at, name): (usize, Option<&str>)| {
                    name.map(|name| if name == "root" { name.to_string() } else { user(uid(at)) })
                };
                texts.iter().enumerate().map(user).collect()
            }
            Treatment::Program => {
                let (exe, comm) = (other("exe", DataType::Utf8)?, other("comm", DataType::Utf8)?);
                let (exe, comm) = (exe.as_string::<i32>(), comm.as_string::<i32>());
                let text = |column: &StringArray, at: usize| {
                    column.is_valid(at).then(|| column.value(at).to_string())
                };
                let program = |at: usize| {
                    let name =
                        text(exe, at).map(|exe| file_name(&exe).trim_end_matches(" (deleted)").to_string());
                    name.or_else(|| text(comm, at)).unwrap_or_else(|| HIDDEN.into())
                };
                let programs = (0..texts.len()).map(|at| texts.is_valid(at).then(|| program(at)));
                programs.map(|name| name.map(|name| self.one(Treatment::Words, &name))).collect()
            }
            Treatment::Text if table.name == "event" => {
                // What people wrote themselves may say anything.
                let kinds = other("kind", DataType::Utf8)?;
                let kinds = kinds.as_string::<i32>();
                let is_note = |at: usize| kinds.is_valid(at) && kinds.value(at) == "note";
                let hide = |(at, text): (usize, Option<&str>)| {
                    text.map(|text| if is_note(at) { HIDDEN.into() } else { self.one(Treatment::Text, text) })
                };
                texts.iter().enumerate().map(hide).collect()
            }
            other => texts.iter().map(|text| text.map(|text| self.one(other, text))).collect(),
        };
        Ok(Arc::new(redacted))
    }

    fn one(&mut self, treatment: Treatment, text: &str) -> String {
        let key = (treatment, text.to_string());
        if let Some(known) = self.remembered.get(&key) {
            return known.clone();
        }
        let secrets = &mut self.secrets;
        let redacted = match treatment {
            Treatment::Keep => text.into(),
            Treatment::Words => secrets.words(text),
            Treatment::Text => secrets.text(text),
            Treatment::FileName => secrets.words(file_name(text)),
            Treatment::Path => secrets.path(text),
            Treatment::Cgroup => secrets.cgroup(text),
            Treatment::Container => secrets.container(text),
            Treatment::Interface => secrets.interface(text),
            Treatment::Device => secrets.device(text),
            Treatment::Host => secrets.instead_of(text).unwrap_or(HIDDEN).into(),
            Treatment::Machine => self.machines.get(text).cloned().unwrap_or_else(|| "machine".into()),
            Treatment::User | Treatment::Program | Treatment::Hide => HIDDEN.into(),
        };
        if self.remembered.len() >= REMEMBERED {
            self.remembered.clear();
        }
        self.remembered.insert(key, redacted.clone());
        redacted
    }
}

fn user(uid: Option<i64>) -> String {
    uid.map_or("user".into(), |uid| format!("user-{uid}"))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A host's name, and its parts where it is one of a domain.
fn know_host(secrets: &mut Secrets, name: &str, label: &str) {
    secrets.know(name, label);
    if let Some((short, domain)) = name.split_once('.').filter(|_| name.parse::<std::net::IpAddr>().is_err())
    {
        secrets.know(short, label);
        secrets.know(domain, "domain");
    }
}

/// All different pairs of a text and a number in the range, with the host they are of.
fn pairs(
    catalog: &Catalog,
    of: &str,
    text: &str,
    number: &str,
    range: &Range,
) -> Result<BTreeSet<(String, String, Option<i64>)>, Error> {
    let mut pairs = BTreeSet::new();
    let Some(table) = table(of) else { return Ok(pairs) };
    let mut add = |host: &str, batch: &RecordBatch| {
        let texts = batch.column_by_name(text).and_then(|c| c.as_string_opt::<i32>());
        let numbers = batch.column_by_name(number).and_then(|c| c.as_primitive_opt::<Int64Type>());
        let mut last = None;
        for (at, text) in texts.into_iter().flat_map(StringArray::iter).enumerate() {
            let number = numbers.filter(|n| n.is_valid(at)).map(|n| n.value(at));
            let Some(text) = text else { continue };
            // Most rows say what the one before said.
            if last != Some((text, number)) {
                pairs.insert((host.to_string(), text.to_string(), number));
                last = Some((text, number));
            }
        }
    };
    for segment in catalog.open_segments(table, range)? {
        let file = segment.file.try_clone().map_err(Error::io(&segment.path))?;
        // One that is damaged is left out of the cut as well.
        let Ok(reader) = Reader::of(&segment.path, file) else { continue };
        let groups = (0..reader.row_groups()).collect();
        for batch in reader.rows_of(groups, Some(&[text, number]))?.map_while(Result::ok) {
            add(&segment.name.host, &batch);
        }
    }
    for tail in catalog.tails(table, range) {
        let tail = tail?;
        add(&tail.host, &tail.batch);
    }
    Ok(pairs)
}
