//! `/proc/PID/stat`: proc_pid_stat(5). Pure; reads nothing.

use super::super::parse::int;

/// One line of `stat`, as the kernel counts: clock ticks, pages. What an old kernel does not have is `None`.
#[derive(Debug)]
pub struct Stat<'a> {
    /// As it stands between the brackets.
    pub comm: &'a [u8],
    pub state: char,
    pub start_ticks: i64,
    /// The place of its program and of its arguments in memory, which an `exec` changes.
    pub image: Image,
    /// The fields by the numbers of the manual, less one; the first two are not in it.
    fields: [Option<i64>; FIELDS],
}

/// Addresses of code, stack and arguments; 0 or 1 where they are hidden from us.
pub type Image = [Option<i64>; 5];

const FIELDS: usize = 52;

/// The flag of kernel threads.
const PF_KTHREAD: i64 = 0x0020_0000;

impl Stat<'_> {
    /// A field by its number in the manual, from 4 on.
    pub fn field(&self, number: usize) -> Option<i64> {
        self.fields[number - 1]
    }

    /// Whether it only waits to be waited for.
    pub fn has_ended(&self) -> bool {
        matches!(self.state, 'Z' | 'X')
    }

    /// Whether it has memory: what is about to end has given it back, and runs nothing any more.
    pub fn has_memory(&self) -> bool {
        self.image[0] != Some(0)
    }

    /// Whether it is a kernel thread. Its pid and parent do not tell: in a container pid 2 is anything.
    pub fn is_kernel(&self) -> Option<bool> {
        Some(self.field(9)? & PF_KTHREAD != 0)
    }

    /// The name of its scheduling policy, by the kernel's number.
    pub fn policy(&self) -> Option<&'static str> {
        let names = ["other", "fifo", "rr", "batch", "iso", "idle", "deadline", "ext"];
        names.get(usize::try_from(self.field(41)?).ok()?).copied()
    }
}

/// Reads the line. `None` where it is cut before the start time, without which a process has no identity.
///
/// The name may hold anything but NUL, brackets and line ends too: it ends at the *last* bracket.
pub fn parse_stat(line: &[u8]) -> Option<Stat<'_>> {
    let open = line.iter().position(|b| *b == b'(')?;
    let close = line.iter().rposition(|b| *b == b')')?;
    let comm = line.get(open + 1..close)?;
    let rest = std::str::from_utf8(&line[close + 1..]).ok()?;
    let mut words = rest.split_ascii_whitespace();
    let state = words.next()?.chars().next().filter(char::is_ascii_alphabetic)?;
    let mut fields = [None; FIELDS];
    let mut last = 0;
    for (at, word) in (3..FIELDS).zip(words) {
        fields[at] = int(word);
        last = at;
    }
    // The kernel ends the line; where the end is missing, the last number may be half of one.
    if !rest.ends_with('\n') {
        fields[last] = None;
    }
    let image = [fields[25], fields[26], fields[27], fields[47], fields[48]];
    Some(Stat { comm, state, start_ticks: fields[21]?, image, fields })
}
