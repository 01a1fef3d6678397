//! What a Java process says of itself on its command line.

/// A Java process by its flags.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Java {
    /// `-Xmx`, in bytes.
    pub heap_max: Option<f64>,
    /// `-Xms`, in bytes.
    pub heap_min: Option<f64>,
    /// The collector that was chosen, by its short name.
    pub collector: Option<&'static str>,
    /// What it is for: a known program, else its main class or archive, or the program that it is part of.
    pub role: String,
}

/// Programs by a word on their command line.
const ROLES: [(&str, &str); 18] = [
    ("org.elasticsearch", "Elasticsearch"),
    ("org.opensearch", "OpenSearch"),
    ("kafka.Kafka", "Kafka"),
    ("org.apache.zookeeper", "ZooKeeper"),
    ("org.apache.cassandra", "Cassandra"),
    ("org.apache.catalina", "Tomcat"),
    ("org.apache.spark", "Spark"),
    ("org.apache.flink", "Flink"),
    ("org.apache.hadoop", "Hadoop"),
    ("org.apache.hbase", "HBase"),
    ("org.apache.activemq", "ActiveMQ"),
    ("org.apache.solr", "Solr"),
    ("jenkins", "Jenkins"),
    ("org.keycloak", "Keycloak"),
    ("org.jboss", "WildFly"),
    ("weblogic", "WebLogic"),
    ("org.gradle", "Gradle"),
    ("org.apache.maven", "Maven"),
];

const COLLECTORS: [(&str, &str); 6] = [
    ("-XX:+UseG1GC", "G1"),
    ("-XX:+UseZGC", "ZGC"),
    ("-XX:+UseShenandoahGC", "Shenandoah"),
    ("-XX:+UseParallelGC", "Parallel"),
    ("-XX:+UseSerialGC", "Serial"),
    ("-XX:+UseConcMarkSweepGC", "CMS"),
];

impl Java {
    /// What the process is, if it has the virtual machine mapped, or its executable, or where that is not known
    /// its command, is a `java`.
    pub fn of(is_jvm: bool, exe: Option<&str>, comm: Option<&str>, cmdline: Option<&str>) -> Option<Java> {
        let base = |path: &str| {
            path.split(" (deleted)").next().and_then(|path| path.rsplit('/').next().map(str::to_string))
        };
        let words: Vec<&str> = cmdline.unwrap_or_default().split_whitespace().collect();
        let is_java = |name: &str| matches!(name, "java" | "javaw" | "jsvc");
        let named = exe.and_then(base).or_else(|| words.first().and_then(|word| base(word)));
        let name = named.as_deref().or(comm);
        let is_launcher = name.is_some_and(is_java);
        if !is_jvm && !is_launcher {
            return None;
        }
        let mut java = Java::default();
        let mut rest = words.iter().skip(1).copied();
        while let Some(word) = rest.next() {
            if let Some(size) = word.strip_prefix("-Xmx").or_else(|| word.strip_prefix("-XX:MaxHeapSize=")) {
                java.heap_max = bytes(size);
            } else if let Some(size) = word.strip_prefix("-Xms") {
                java.heap_min = bytes(size);
            } else if let Some((_, name)) = COLLECTORS.iter().find(|(flag, _)| *flag == word) {
                java.collector = Some(name);
            } else if matches!(word, "-cp" | "-classpath" | "--class-path" | "-p" | "--module-path") {
                rest.next();
            } else if !is_launcher {
                // What else a program says that has a virtual machine within is its own affair.
                continue;
            } else if word == "-jar" || word == "-m" || word == "--module" {
                java.role = rest.next().and_then(base).unwrap_or_default();
                break;
            } else if !word.starts_with('-') {
                java.role = word.to_string();
                break;
            }
        }
        if !is_launcher {
            java.role = name.unwrap_or_default().to_string();
        }
        let all = cmdline.unwrap_or_default();
        if let Some((_, role)) = ROLES.iter().find(|(word, _)| all.contains(word)) {
            java.role = match java.role.as_str() {
                "" => (*role).to_string(),
                main => format!("{role}: {main}"),
            };
        }
        Some(java)
    }
}

/// A size as Java writes it: a number, and k, m, g or t for powers of 1024.
fn bytes(size: &str) -> Option<f64> {
    let digits = size.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let power = match size[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        _ => return None,
    };
    digits.parse::<f64>().ok().map(|number| number * 1024f64.powi(power))
}
