//! `pressure` from `/proc/pressure`: the kernel's Documentation/accounting/psi.rst.

use super::parse::{float, int, pairs};
use super::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::Pressure;

const FILES: [(&str, &str); 4] =
    [("cpu", "pressure/cpu"), ("memory", "pressure/memory"), ("io", "pressure/io"), ("irq", "pressure/irq")];

/// Reads pressure stall information.
#[derive(Default)]
pub struct PressureCollector;

impl Collector for PressureCollector {
    fn name(&self) -> &'static str {
        "pressure"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["pressure"]
    }

    fn collect(&mut self, host: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let mut rows = Vec::with_capacity(FILES.len());
        for (resource, file) in FILES {
            let Some(text) = host.proc_if_any(file)? else { continue };
            match parse_pressure(resource, text) {
                Some(row) => rows.push(row),
                None => {
                    let path = host.proc_path(file);
                    return Err(Error::Parse { path, what: "no some or full line".into() });
                }
            }
        }
        sample.pressure.append(&mut rows);
        Ok(())
    }
}

/// One file of `/proc/pressure`; nothing where it has neither line.
pub fn parse_pressure(resource: &str, text: &str) -> Option<Pressure> {
    let mut row = Pressure { resource: resource.into(), ..Pressure::default() };
    let mut found = false;
    for (kind, rest) in pairs(text) {
        let shares = ["avg10=", "avg60=", "avg300="].map(|name| named(rest, name).and_then(float));
        let total = named(rest, "total=").and_then(int);
        match kind {
            "some" => {
                [row.some_avg10, row.some_avg60, row.some_avg300] = shares;
                row.some_us = total;
            }
            // The whole host never stalls for its CPUs: newer kernels print a 0 that says nothing.
            "full" if resource != "cpu" => {
                [row.full_avg10, row.full_avg60, row.full_avg300] = shares;
                row.full_us = total;
            }
            "full" => {}
            _ => continue,
        }
        found = true;
    }
    found.then_some(row)
}

fn named<'a>(rest: &'a str, name: &str) -> Option<&'a str> {
    rest.split_ascii_whitespace().find_map(|word| word.strip_prefix(name))
}
