//! Reading what else there is of a process, file by file; when, is decided above.

use super::super::details::{
    Status, parse_cgroup, parse_io, parse_namespace, parse_open_files_limit, parse_shared_pages, parse_status,
};
use super::super::folder::{Folder, Miss};
use super::super::words::set;
use super::{Known, Now};
use crate::collect::container::container_of;
use crate::collect::parse::{int, lossy};
use crate::collect::redact;
use crate::schema::Text;

impl Known {
    pub(super) fn read_io(&mut self, folder: &mut Folder, now: &Now) -> Result<(), Miss> {
        let room = self.is_lively().then_some(now.room);
        let bytes = folder.read_held(&mut self.io, room, self.tid, "io")?;
        let io = bytes.and_then(|b| std::str::from_utf8(b).ok()).map(parse_io).unwrap_or_default();
        let row = &mut self.row;
        (row.read_chars, row.write_chars) = (io.read_chars, io.write_chars);
        (row.read_calls, row.write_calls) = (io.read_calls, io.write_calls);
        (row.read_bytes, row.write_bytes) = (io.read_bytes, io.write_bytes);
        row.cancelled_write_bytes = io.cancelled_write_bytes;
        Ok(())
    }

    pub(super) fn read_status(&mut self, folder: &mut Folder, now: &mut Now) -> Result<(), Miss> {
        let (tid, is_single) = (self.tid, self.is_single());
        // A name that is no UTF-8 stands in it, so it is read as bytes.
        let room = self.is_lively().then_some(now.room);
        let bytes = folder.read_held(&mut self.status, room, tid, "status")?;
        let status: Status = bytes.map(|b| parse_status(&lossy(b))).unwrap_or_default();
        let row = &mut self.row;
        row.username = status.uid.and_then(|uid| now.users.name(uid));
        (row.uid, row.gid) = (status.uid, status.gid);
        row.rss_bytes = status.rss.or(row.rss_bytes);
        (row.rss_anon_bytes, row.rss_peak_bytes) = (status.rss_anon, status.rss_peak);
        (row.rss_file_bytes, row.rss_shmem_bytes) = (status.rss_file, status.rss_shmem);
        row.swap_bytes = status.swap;
        if self.group.is_none() {
            row.voluntary_switches = status.voluntary_switches.filter(|_| is_single);
            row.involuntary_switches = status.involuntary_switches.filter(|_| is_single);
        }
        row.shared_bytes = match (status.rss_file, status.rss_shmem) {
            (Some(file), Some(shmem)) => Some(file + shmem),
            // Linux before 4.5. What has no memory at all has no shared memory either.
            _ if status.rss.is_some() => folder
                .text(tid, "statm")?
                .and_then(parse_shared_pages)
                .map(|pages| pages.saturating_mul(now.units.page_bytes)),
            _ => None,
        };
        let total = now.memory_bytes.filter(|total| *total > 0);
        // As good as a page is of any host's memory; digits beyond that are noise that is paid for on disk.
        let share = |(rss, total): (i64, i64)| f64::from((100.0 * rss as f64 / total as f64) as f32);
        row.memory_pct = row.rss_bytes.zip(total).map(share);
        Ok(())
    }

    pub(super) fn read_open_files(
        &mut self,
        folder: &mut Folder,
        may_have_run: bool,
        is_due: bool,
    ) -> Result<(), Miss> {
        if self.is_kernel() || self.has_ended() {
            self.row.open_files = None;
        } else if may_have_run || (is_due && self.has_uncounted_files) {
            let at_once = folder.open_files_at_once(self.tid);
            self.has_uncounted_files = at_once.is_none() && !is_due;
            if at_once.is_some() {
                self.row.open_files = at_once;
            } else if is_due {
                self.row.open_files = folder.open_files_counted(self.tid)?;
            }
        }
        Ok(())
    }

    pub(super) fn read_wchan(&mut self, folder: &mut Folder) -> Result<(), Miss> {
        if self.row.state.as_deref() == Some("D") {
            let name = folder.text(self.tid, "wchan")?.map(str::trim);
            set(&mut self.row.wchan, name.filter(|name| !name.is_empty() && *name != "0"));
        } else {
            self.row.wchan = None;
        }
        Ok(())
    }

    pub(super) fn read_cgroup(&mut self, folder: &mut Folder) -> Result<(), Miss> {
        let bytes = folder.read(self.tid, "cgroup")?;
        let text = bytes.map(lossy);
        let path = text.as_deref().and_then(parse_cgroup);
        if set(&mut self.row.cgroup, path) {
            self.row.container = path.and_then(container_of).and_then(|c| c.id).map(Text::from);
        }
        Ok(())
    }

    /// What it may do and is to be done to it.
    pub(super) fn read_settings(&mut self, folder: &mut Folder) -> Result<(), Miss> {
        let tid = self.tid;
        self.row.oom_score_adj = folder.text(tid, "oom_score_adj")?.and_then(int);
        self.row.open_files_limit = folder.text(tid, "limits")?.and_then(parse_open_files_limit);
        Ok(())
    }

    /// What it runs, as far as that can be had at once.
    pub(super) fn read_identity(&mut self, folder: &mut Folder) {
        let tid = self.tid;
        if !self.is_kernel() {
            self.wants_command = true;
            let exe = folder.link(tid, "exe").map(redact::one_line);
            set(&mut self.row.exe, exe.as_deref());
        }
        let namespace = folder.link(tid, "ns/net").and_then(|link| std::str::from_utf8(link).ok());
        self.row.netns = namespace.and_then(parse_namespace);
    }
}
