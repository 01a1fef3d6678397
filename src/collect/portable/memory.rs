//! `memory` by sysinfo.

use sysinfo::System;

use super::told::{known, whole};
use crate::collect::{Collector, Error, Host};
use crate::schema::Sample;
use crate::schema::rows::Memory;

/// Fills what there is, what is free and available, and swap.
#[derive(Default)]
pub struct PortableMemory {
    system: System,
}

impl Collector for PortableMemory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["memory"]
    }

    fn collect(&mut self, _: &mut Host, sample: &mut Sample) -> Result<(), Error> {
        self.system.refresh_memory();
        let Some(total) = known(self.system.total_memory()) else { return Ok(()) };
        let available = known(self.system.available_memory());
        // Of Windows sysinfo calls free what is available, which its cache is part of; and used swap what
        // was promised beyond the memory that there is, used or not.
        let told = |number: u64| (!cfg!(windows)).then(|| whole(number));
        sample.memory.push(Memory {
            total_bytes: Some(total),
            free_bytes: available.and_then(|_| told(self.system.free_memory())),
            available_bytes: available,
            // A 0 is no swap.
            swap_total_bytes: Some(whole(self.system.total_swap())),
            swap_free_bytes: told(self.system.free_swap()),
            ..Memory::default()
        });
        Ok(())
    }
}
