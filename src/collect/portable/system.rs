//! `system` by sysinfo: how long it is up. What else is in that row is put together from other tables.

use sysinfo::System;

use super::told::known;
use crate::collect::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows;

/// Fills `system.uptime_us`, good to a second.
pub struct PortableSystem;

impl Collector for PortableSystem {
    fn name(&self) -> &'static str {
        "system"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["system"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        let uptime_us = known(System::uptime()).map(|seconds| seconds.saturating_mul(1_000_000));
        sample.system.push(rows::System { uptime_us, ..rows::System::default() });
        Ok(())
    }
}
