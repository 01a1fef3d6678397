//! Whoever only reads needs no more than to read: on a medium that cannot be written, as another
//! user, and where there are no locks.

use std::fs::TryLockError;

use sysray::store::Recording;

#[cfg(unix)]
#[test]
fn a_store_that_cannot_be_written_can_be_read() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::{Kept, Sysray, contents, files, ticks};

    let kept = Kept::usual();
    fs::write(kept.root().join("recorder.lock"), "").unwrap();
    let before = contents(kept.root());
    let mode = |readable: bool| {
        let mut folders: Vec<_> = files(kept.root())
            .iter()
            .flat_map(|p| p.ancestors().map(Into::into).collect::<Vec<std::path::PathBuf>>())
            .collect();
        folders.retain(|path| path.starts_with(kept.root()) && path.is_dir());
        let paths = files(kept.root()).into_iter().map(|path| (path, 0o444, 0o644));
        for (path, closed, open) in paths.chain(folders.into_iter().map(|path| (path, 0o555, 0o755))) {
            fs::set_permissions(path, fs::Permissions::from_mode(if readable { closed } else { open }))
                .unwrap();
        }
    };
    mode(true);
    let out = tempfile::TempDir::new().unwrap();
    fs::set_permissions(out.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let cut = out.path().join("cut");
    let said: Vec<String> = [
        &["store", "status"][..],
        &["store", "verify", "--deep"],
        &["store", "prune", "--dry-run", "--keep", "1s"],
        &["store", "cut", "-o", cut.to_str().unwrap()],
        #[cfg(feature = "desk")]
        &["query", "select count(*) from system"],
        #[cfg(feature = "desk")]
        &["report"],
    ]
    .into_iter()
    .map(|words| Sysray::new(words).store(kept.root()).by_nobody().prints())
    .collect();
    mode(false);
    assert!(said[0].contains("none is running") && said[1].starts_with("sound"), "{said:#?}");
    assert_eq!(contents(kept.root()), before);
    assert_eq!(ticks(kept.root(), "system").len(), 48);
}

#[test]
fn where_there_are_no_locks_it_is_unknown_who_records() {
    let who = || "pid 7".to_string();
    let no_locks = TryLockError::Error(std::io::Error::from_raw_os_error(37));
    assert_eq!(Recording::of(Err(no_locks), who), Recording::Unknown);
    assert_eq!(Recording::of(Err(TryLockError::WouldBlock), who), Recording::By("pid 7".into()));
    assert_eq!(Recording::of(Ok(()), who), Recording::Nobody);
    assert!(!Recording::Unknown.is_live());
}

#[cfg(unix)]
#[test]
fn a_lock_that_may_not_be_read_is_no_reason_to_fail() {
    use super::{Kept, Sysray};
    let kept = Kept::usual();
    // A link that leads nowhere it can be opened, for root as well.
    std::os::unix::fs::symlink("recorder.lock", kept.root().join("recorder.lock")).unwrap();
    let said = Sysray::new(&["store", "status"]).store(kept.root()).prints();
    assert!(said.contains("recorder  unknown"), "{said}");
    Sysray::new(&["store", "verify", "--deep"]).store(kept.root()).prints();
}
