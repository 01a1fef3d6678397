//! Questions worth asking, kept in `queries/examples`: an answer to "what can I ask", and a
//! beginning for one's own.

/// A question with what it answers.
#[derive(Debug)]
pub struct Example {
    /// Its word, as in the file's name.
    pub name: &'static str,
    /// The file: a line of comment that says what is asked, then the SQL.
    pub sql: &'static str,
}

impl Example {
    /// What is asked, in one line.
    pub fn about(&self) -> &'static str {
        self.sql.lines().next().unwrap_or_default().trim_start_matches("--").trim()
    }
}

macro_rules! examples {
    ($($name:literal),* $(,)?) => {
        /// The examples, the most asked first.
        pub static EXAMPLES: &[Example] = &[$(Example {
            name: $name,
            sql: include_str!(concat!("../../queries/examples/", $name, ".sql")),
        }),*];
    };
}

examples![
    "busiest-processes",
    "cpu-above-90",
    "memory-growth",
    "disk-latency",
    "recent-writers",
    "network-top",
    "pressure",
    "run-queue",
    "cgroup-throttling",
    "oom",
];
