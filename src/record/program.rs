//! This program itself: the file it runs from, and what of that is in memory and will hardly be needed again.
//! Reading the command line and the configuration alone touches some megabytes of code.

use std::path::{Path, PathBuf};

/// This very program, even if the file it was started from has been replaced.
pub fn path() -> PathBuf {
    if cfg!(target_os = "linux") {
        return "/proc/self/exe".into();
    }
    std::env::current_exe().unwrap_or_else(|_| "sysray".into())
}

/// Forgets the pages of this program's code and constants that it was read into, on Linux. Those that are
/// needed are mapped again when they are touched, from the page cache. Before memory is locked: locked pages stay.
#[cfg(target_os = "linux")]
pub fn give_back_pages() {
    use std::ptr::NonNull;

    use nix::sys::mman::{MmapAdvise, madvise};

    let Ok(program) = std::fs::read_link("/proc/self/exe") else { return };
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    for (from, length) in clean_parts(&maps, &program) {
        let Some(start) = NonNull::new(std::ptr::with_exposed_provenance_mut(from)) else { continue };
        // SAFETY: these are private mappings of the program's file that nobody can have written to, so each
        // page that is touched later is read from the file as it was before.
        #[allow(unsafe_code)]
        let _ = unsafe { madvise(start, length, MmapAdvise::MADV_DONTNEED) };
    }
}

/// Nothing is known of other systems.
#[cfg(not(target_os = "linux"))]
pub fn give_back_pages() {}

/// Where the code of a program lies and how long it is, and the constants in front of it, by
/// `/proc/PID/maps` (proc_pid_maps(5)). What follows the code was written to when the program was loaded, though it
/// may say that nobody can write to it any more.
pub fn clean_parts(maps: &str, program: &Path) -> Vec<(usize, usize)> {
    let mut parts = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_ascii_whitespace();
        let (Some(range), Some(allowed)) = (words.next(), words.next()) else { continue };
        if words.nth(3).is_none_or(|path| Path::new(path) != program) {
            continue;
        }
        let bound = |text: &str| usize::from_str_radix(text, 16).ok();
        let bounds = range.split_once('-').and_then(|(from, to)| bound(from).zip(bound(to)));
        match (allowed, bounds) {
            ("r--p" | "r-xp", Some((from, to))) if to > from => parts.push((from, to - from)),
            _ => break,
        }
        if allowed == "r-xp" {
            return parts;
        }
    }
    Vec::new()
}
