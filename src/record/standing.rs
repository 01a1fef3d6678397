//! How a recorder stands towards what it watches: before others at the CPU, so that its ticks are in
//! time on a busy host, and the last to be ended where memory runs out.

/// What a recorder asks the kernel for. What is not permitted is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its nice value, −20 (first) to 19; `None`: as it was started.
    pub nice: Option<i32>,
    /// Its OOM score adjustment, −1000 (never ended) to 1000; `None`: as it was started.
    pub oom_score_adj: Option<i32>,
    /// Whether its memory is locked, so that it is not paged out when it is needed most.
    pub lock_memory: bool,
}

impl Default for Standing {
    fn default() -> Self {
        Standing { nice: Some(-10), oom_score_adj: Some(-900), lock_memory: true }
    }
}
