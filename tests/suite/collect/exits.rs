//! `process_exit`: what Linux 6.18 said of three commands that ended, and what is made of it.

use sysray::collect::exits::{Ended, Endings, Sums, ThreadExit, parse, row};

const FAMILY: u16 = 31;
/// A Python with two threads that ends with 3, a dd that writes 3 MiB, and a shell that kills itself.
const SAID: &[u8] = include_bytes!("kernel/taskstats-16-exits.bin");

fn heard() -> Vec<Ended> {
    let mut endings = Endings::since(0);
    parse(SAID, FAMILY).filter_map(|exit| endings.take(exit, 10_000_000)).collect()
}

#[test]
fn a_process_is_told_when_its_last_thread_has_ended() {
    let heard = heard();
    let names: Vec<_> =
        heard.iter().map(|e| (String::from_utf8_lossy(&e.comm).into_owned(), e.threads)).collect();
    assert_eq!(names, [("python3".into(), 3), ("dd".into(), 1), ("sh".into(), 1)]);
    let python = row(&heard[0], true);
    assert_eq!((python.exit_code, python.signal), (Some(3), None));
    // The kernel's own sum over the threads is theirs to the nanosecond.
    assert_eq!((heard[0].cpu_ns, heard[0].sums.ran_ns), (806_315_315, 806_315_315));
    assert_eq!((python.life_us, python.life_cpu_us), (Some(1_214_513), Some(806_315)));
    assert_eq!(python.life_minor_faults, Some(4 + 3 + 1937));
    assert_eq!(python.start_time.0, 10_000_000 - 1_214_513);
    let dd = row(&heard[1], true);
    assert_eq!((dd.write_bytes, dd.life_write_bytes), (Some(3_153_920), Some(3_153_920)));
    assert_eq!(dd.rss_peak_bytes, Some(2872 << 10));
    let sh = row(&heard[2], true);
    assert_eq!((sh.exit_code, sh.signal, sh.dumped_core), (None, Some(9), Some(false)));
}

#[test]
fn no_byte_of_it_is_believed_that_is_not_there() {
    for length in 0..SAID.len() {
        assert!(parse(&SAID[..length], FAMILY).count() <= 5, "{length} bytes");
    }
    assert_eq!(parse(SAID, FAMILY + 1).count(), 0, "of another family");
}

/// What a process ended with whose main thread ended so first, and another so behind it.
fn ended_with(main: u32, last: u32) -> Ended {
    let mut endings = Endings::since(0);
    let main = ThreadExit {
        tid: 7,
        pid: 7,
        comm: b"main".to_vec(),
        status: main,
        own: Sums { ran_ns: 10, ..Sums::default() },
        ..ThreadExit::default()
    };
    let last = ThreadExit {
        tid: 8,
        comm: b"pool-1".to_vec(),
        status: last,
        dumped_core: last & 0x80 != 0,
        is_last: true,
        life_us: 9,
        ..main.clone()
    };
    assert_eq!(endings.take(main, 1), None);
    endings.take(last, 100).unwrap()
}

/// A leader that ends before its threads: the process goes on, and is told under the leader's name.
#[test]
fn of_a_main_thread_that_ended_first_name_and_code_are_kept() {
    let ended = ended_with(5 << 8, 0);
    assert_eq!((&ended.comm[..], ended.status, ended.threads), (&b"main"[..], Some(5 << 8), 2));
}

/// It left by pthread_exit(3), and what ended the others ended the process.
#[test]
fn of_a_main_thread_that_only_left_the_others_the_last_has_the_code() {
    let left = row(&ended_with(0, 9 << 8), true);
    assert_eq!((left.exit_code, left.signal), (Some(9), None));
    let killed = row(&ended_with(0, 15), true);
    assert_eq!((killed.exit_code, killed.signal), (None, Some(15)));
}

#[test]
fn a_core_is_left_by_the_thread_that_failed() {
    let failed = row(&ended_with(6, 6 | 0x80), true);
    assert_eq!((failed.exit_code, failed.signal, failed.dumped_core), (None, Some(6), Some(true)));
    assert_eq!(row(&ended_with(6, 6), true).dumped_core, Some(false), "and not where it was only tried");
}

#[test]
fn of_one_whose_threads_ended_before_anybody_listened_only_what_the_kernel_summed_up_is_known() {
    let mut endings = Endings::since(1_000_000);
    let last = ThreadExit {
        tid: 7,
        pid: 7,
        is_last: true,
        life_us: 900_000,
        group_ns: Some((5_000, 9_000)),
        own: Sums { ran_ns: 2_000, minor_faults: 3, ..Sums::default() },
        ..ThreadExit::default()
    };
    let ended = endings.take(last.clone(), 1_500_000).unwrap();
    let told = row(&ended, true);
    assert_eq!((told.life_cpu_us, told.life_run_delay_us), (Some(5), Some(9)));
    assert_eq!((told.life_minor_faults, told.minor_faults, told.read_bytes), (None, None, None));
    let younger = ThreadExit { life_us: 400_000, ..last };
    assert_eq!(row(&endings.take(younger, 1_500_000).unwrap(), true).life_minor_faults, Some(3));
}

/// Kernel threads end too, as when a module is taken out.
#[test]
fn what_never_had_memory_has_no_peak_of_it() {
    let kernel = ThreadExit { tid: 7, pid: 7, is_last: true, life_us: 9, ..ThreadExit::default() };
    let ended = Endings::since(0).take(kernel, 100).unwrap();
    assert_eq!(row(&ended, true).rss_peak_bytes, None);
}

/// A kernel without CONFIG_TASK_IO_ACCOUNTING has no `io` in `/proc/PID`, and says 0 here.
#[test]
fn what_was_read_and_written_is_unknown_where_the_kernel_does_not_count_it() {
    let dd = &heard()[1];
    let io = |counts_io| {
        let row = row(dd, counts_io);
        [row.write_bytes, row.life_write_bytes, row.read_bytes, row.life_read_chars, row.write_chars]
    };
    assert!(io(true).iter().all(Option::is_some));
    assert_eq!(io(false), [None; 5]);
    assert_eq!(row(dd, false).life_minor_faults, row(dd, true).life_minor_faults);
}
