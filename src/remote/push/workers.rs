//! Some threads that do the same to each of many things, and a room for what is too large to be held twice.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// So many are under way at the same time,
const WORKERS: usize = 4;
/// of which only one is larger than this: each is in memory as a whole.
const LARGE_BYTES: u64 = 16 << 20;

/// Does it to each; the first error ends it. Outcomes come in any order.
pub fn each<T: Sync, R: Send, E: Send>(
    all: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let (next, outcomes) = (Mutex::new(all.iter()), Mutex::new(Ok(Vec::new())));
    thread::scope(|scope| {
        for _ in 0..WORKERS.min(all.len()) {
            scope.spawn(|| {
                while locked(&outcomes).is_ok() {
                    let Some(one) = locked(&next).next() else { break };
                    let outcome = work(one);
                    match (&mut *locked(&outcomes), outcome) {
                        (Ok(done), Ok(outcome)) => done.push(outcome),
                        (failed @ Ok(_), Err(error)) => *failed = Err(error),
                        (Err(_), _) => {}
                    }
                }
            });
        }
    });
    outcomes.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until nothing else that is large is held, where this is.
pub fn room_for(bytes: u64) -> Option<MutexGuard<'static, ()>> {
    static LARGE: Mutex<()> = Mutex::new(());
    (bytes > LARGE_BYTES).then(|| locked(&LARGE))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
