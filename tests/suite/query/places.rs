//! What can be named to be asked: stores, a folder of them, a segment by itself.
//!
//! `of` is the one helper: what an engine over some paths says to a question.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sysray::query::Engine;
use sysray::store::Catalog;
use tempfile::TempDir;

use crate::tiers::made::{MINUTE, Made, SECOND, START};

fn of(paths: &[&Path], sql: &str) -> String {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    match Engine::open(&paths, super::options()) {
        Ok(engine) => super::told(&engine, sql),
        Err(error) => format!("error: {error}"),
    }
}

/// Five minutes of a host, sealed, and five that are in the journal.
fn recorded(host: &str) -> Made {
    let mut made = Made::of_processes(3);
    made.part(host, START, START + 5 * MINUTE, 20 * SECOND);
    made.maintain(host, START + 6 * MINUTE);
    made.part(host, START + 5 * MINUTE, START + 10 * MINUTE, 20 * SECOND);
    made
}

const BY_HOST: &str = "select host, count(distinct tick) as ticks from process group by host order by host";

#[test]
fn stores_are_asked_together_and_each_once() {
    let (web, db) = (recorded("web1"), recorded("db1"));
    let one = of(&[web.root()], BY_HOST);
    let both = of(&[web.root(), db.root()], BY_HOST);
    assert_eq!(both.lines().count(), 3, "{both}");
    assert!(both.ends_with(one.lines().last().unwrap()), "{both} and {one}");
    assert_eq!(
        of(&[db.root(), web.root(), &web.root().join("../").join(web.root().file_name().unwrap())], BY_HOST),
        both
    );
}

#[test]
fn a_folder_of_copied_stores_is_all_of_them() {
    let (web, db) = (recorded("web1"), recorded("db1"));
    let folder = TempDir::new().unwrap();
    for (made, name) in [(&web, "web"), (&db, "db")] {
        super::super::made::copy(made.root(), &folder.path().join(name));
    }
    fs::create_dir(folder.path().join("notes")).unwrap();
    fs::write(folder.path().join("README"), "copied on Monday").unwrap();
    assert_eq!(of(&[folder.path()], BY_HOST), of(&[web.root(), db.root()], BY_HOST));
    // A store in it that cannot be read is no reason to answer without it.
    fs::write(folder.path().join("db/sysray-store.json"), "{}").unwrap();
    let said = of(&[folder.path()], BY_HOST);
    assert!(said.starts_with("error: ") && said.contains("db/sysray-store.json"), "{said}");
}

/// A store that was pushed or copied goes on: what was in its journal is sealed, and what was sealed is merged, while
/// the copy has it as it was. Asked together, each tick counted twice.
#[test]
fn a_store_and_its_copy_are_read_once_whatever_was_merged_since() {
    let sql = "select host, count(*) as n, count(distinct tick) as ticks, sum(cpu_us) as cpu from process group by host";
    let minutes = "select count(*) as n, sum(samples) as samples from process_1m";
    let mut web = recorded("web1");
    let folder = TempDir::new().unwrap();
    let copy = |made: &Made, name: &str| {
        let root = folder.path().join(name);
        crate::made::copy(made.root(), &root);
        root
    };
    let early = copy(&web, "early");
    web.maintain("web1", START + 11 * MINUTE);
    let sealed = copy(&web, "sealed");
    web.maintain("web1", START + 70 * MINUTE);
    web.part("web1", START + 10 * MINUTE, START + 12 * MINUTE, 20 * SECOND);
    let merged = Catalog::open(web.root()).unwrap().segments().iter().any(|name| name.generation > 0);
    assert!(merged, "or nothing is told apart");
    let alone = (of(&[web.root()], sql), of(&[web.root()], minutes));
    for copies in [vec![early.as_path()], vec![&sealed], vec![&early, &sealed]] {
        for whole in [[&[web.root()][..], &copies].concat(), [&copies[..], &[web.root()]].concat()] {
            assert_eq!((of(&whole, sql), of(&whole, minutes)), alone, "{whole:?}");
        }
    }
    assert_eq!(of(&[&early, &sealed], sql), of(&[&sealed], sql));
    // The terminal's desk looks at a folder of stores again and again.
    let sources: Vec<std::sync::Arc<dyn sysray::query::Source>> =
        vec![std::sync::Arc::new(sysray::query::Renewed::open(folder.path()).unwrap())];
    let engine = Engine::over(sources, super::options()).unwrap();
    assert_eq!(super::told(&engine, sql), of(&[&sealed], sql));
}

#[test]
fn two_machines_of_one_name_are_no_copies_of_each_other() {
    let (mut one, mut other) = (Made::of_processes(3), Made::of_processes(3));
    for (made, machine) in [(&mut one, "m1"), (&mut other, "m2")] {
        let folder = sysray::store::Folder::at(made.root());
        let mut identity = sysray::store::Identity::read(made.root()).unwrap();
        assert_eq!(identity.label(&folder, machine, "localhost").unwrap(), "localhost");
        made.part("localhost", START, START + 5 * MINUTE, 20 * SECOND);
    }
    let sql = "select count(*) as n from process";
    let rows = |paths: &[&Path]| of(paths, sql).trim_start_matches("n\n").parse::<u64>().unwrap();
    let alone = rows(&[one.root()]);
    assert_eq!(rows(&[one.root(), other.root()]), 2 * alone, "in two journals");
    one.maintain("localhost", START + 6 * MINUTE);
    assert_eq!(rows(&[one.root(), other.root()]), 2 * alone, "sealed, and in a journal");
    other.maintain("localhost", START + 6 * MINUTE);
    assert_eq!(rows(&[one.root(), other.root()]), 2 * alone, "under the same names");
}

/// Names say seconds: of two that began within the same one, one passed for a copy of the other.
#[test]
fn two_recordings_of_one_machine_are_no_copies_of_each_other() {
    let (mut one, mut other) = (Made::of_processes(3), Made::of_processes(3));
    for made in [&mut one, &mut other] {
        made.part("web1", START, START + 5 * MINUTE, 20 * SECOND);
    }
    let sql = "select count(*) as n from process";
    let rows = |paths: &[&Path]| of(paths, sql).trim_start_matches("n\n").parse::<u64>().unwrap();
    let alone = rows(&[one.root()]);
    assert_eq!(rows(&[one.root(), other.root()]), 2 * alone, "in two journals");
    let folder = TempDir::new().unwrap();
    let copied = folder.path().join("copy");
    crate::made::copy(other.root(), &copied);
    one.maintain("web1", START + 6 * MINUTE);
    assert_eq!(rows(&[one.root(), other.root()]), 2 * alone, "sealed, and in a journal");
    other.maintain("web1", START + 6 * MINUTE);
    assert_eq!(rows(&[one.root(), other.root()]), 2 * alone, "under the same names");
    assert_eq!(rows(&[one.root(), other.root(), &copied]), 2 * alone, "and a copy of one of them");
    assert_eq!(rows(&[&copied, other.root()]), alone);
    // A segment by itself does not say which store it is of; both have one of its name.
    let file = Catalog::open(one.root()).unwrap();
    let file = file.segments().iter().find(|name| name.table == "process").unwrap().path(one.root());
    assert_eq!(rows(&[&file, one.root()]), alone);
    // A store of before there were ids may be a copy of any.
    let path = other.root().join("sysray-store.json");
    let text = fs::read_to_string(&path).unwrap();
    let mut known: serde_json::Value = serde_json::from_str(&text).unwrap();
    known.as_object_mut().unwrap().remove("stores").unwrap();
    fs::write(&path, known.to_string()).unwrap();
    assert_eq!(rows(&[one.root(), other.root()]), alone);
}

/// Each question of the shell listed a bucket again.
#[test]
fn a_bucket_is_listed_anew_only_after_a_while() {
    let web = recorded("web1");
    let times = std::cell::Cell::new(0);
    let list = |listed: &sysray::query::Listed| {
        let open = |place: &Path| {
            times.set(times.get() + 1);
            sysray::query::sources(&[place.to_path_buf()]).map(|mut sources| sources.remove(0))
        };
        listed.source(web.root(), open).unwrap()
    };
    let listed = sysray::query::Listed::for_at_most(std::time::Duration::from_secs(3600));
    assert!(std::sync::Arc::ptr_eq(&list(&listed), &list(&listed)));
    assert_eq!(times.get(), 1);
    let listed = sysray::query::Listed::for_at_most(std::time::Duration::ZERO);
    assert!(!std::sync::Arc::ptr_eq(&list(&listed), &list(&listed)));
    assert_eq!(times.get(), 3);
    // What is there no more is said, and looked for again.
    let gone = |_: &Path| Err(sysray::query::Error::Far("it does not answer".into()));
    assert!(listed.source(Path::new("s3://gone"), gone).is_err());
    assert!(listed.source(Path::new("s3://gone"), gone).is_err());
}

#[test]
fn a_segment_by_itself_is_asked_under_any_name() {
    let web = recorded("web1");
    let catalog = Catalog::open(web.root()).unwrap();
    let name = catalog.segments().iter().find(|segment| segment.table == "process").unwrap();
    let folder = TempDir::new().unwrap();
    let copied = folder.path().join("what I was sent.parquet");
    fs::copy(name.path(web.root()), &copied).unwrap();
    let sql = "select host, count(*) as n, min(ts) as first, max(ts) as last, sum(cpu_us) as cpu from process group by host";
    let limited = format!(
        "{} where ts <= timestamp '2026-11-22 14:05:00' group by host",
        sql.trim_end_matches(" group by host")
    );
    assert_eq!(of(&[&copied], sql), of(&[web.root()], &limited));
    assert_eq!(of(&[&copied, web.root()], sql), of(&[web.root()], sql), "which has it already");
    // What is not in it is not said to have never been.
    for other in ["system", "sysray.system", "at('+5', 'system')", "process p join system s using (tick)"] {
        let said = of(&[&copied], &format!("select count(*) as n from {other}"));
        assert!(
            said.starts_with("error: no rows of `system` are there: ")
                && said.contains("what I was sent.parquet holds only `process`"),
            "{other}: {said}"
        );
    }
    let said = of(&[&copied], "select * from meta.gaps");
    assert!(said.starts_with("error: no rows of `event` are there"), "{said}");
    assert!(of(&[&copied], "select * from at('+5')").starts_with("ts "));
    assert!(of(&[&copied], "select table_name from meta.segments").ends_with("process"));
    // It may be asked beside a store.
    let db = recorded("db1");
    assert_eq!(of(&[&copied, db.root()], BY_HOST).lines().count(), 3);
}

#[test]
fn what_was_not_recorded_is_refused_by_name() {
    let folder = TempDir::new().unwrap();
    let text = folder.path().join("hosts.parquet");
    fs::write(&text, "no Parquet at all").unwrap();
    let said = of(&[&text], BY_HOST);
    assert!(said.starts_with("error: ") && said.contains("hosts.parquet"), "{said}");
    // Parquet, and of somebody else.
    let other = folder.path().join("sales.parquet");
    let rows = super::batch([(1, sysray::schema::rows::System::default())]);
    let file = fs::File::create(&other).unwrap();
    let mut writer = datafusion::parquet::arrow::ArrowWriter::try_new(file, rows.schema(), None).unwrap();
    writer.write(&rows).unwrap();
    writer.close().unwrap();
    let said = of(&[&other], BY_HOST);
    assert!(said.contains("sales.parquet: it is no segment of a sysray store"), "{said}");
    let said = of(&[folder.path()], BY_HOST);
    assert!(said.contains("is no sysray store"), "{said}");
    let said = of(&[&folder.path().join("nowhere")], BY_HOST);
    assert!(said.contains("nowhere: no such folder"), "{said}");
    let said = of(&[&folder.path().join("gone.parquet")], BY_HOST);
    assert!(said.contains("there is no file ") && said.contains("gone.parquet;"), "{said}");
}

#[test]
fn a_footer_is_read_once_by_an_engine_that_stays() {
    let web = recorded("web1");
    let engine = Engine::open(&[web.root().to_path_buf()], super::options()).unwrap();
    let first = super::told(&engine, BY_HOST);
    for path in crate::made::files(web.root(), ".parquet") {
        let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
        file.seek(SeekFrom::End(-8)).unwrap();
        file.write_all(b"no foot!").unwrap();
    }
    assert_eq!(super::told(&engine, BY_HOST), first);
    assert!(of(&[web.root()], BY_HOST).starts_with("error: "), "by one that has not read them");
}

#[test]
fn hosts_are_joined_by_name_and_of_one_alone_the_name_is_no_key() {
    let (web, db) = (recorded("web1"), recorded("db1"));
    let sql = "select p.host, count(*) as n from (select distinct host, tick from process) s \
               join process p on p.host = s.host and p.tick = s.tick group by p.host order by 1";
    let outer = "select count(*) as rows, count(p.host) as found from (select distinct host, tick from process) s \
                 left join (select * from process where pid < 0) p on p.host = s.host and p.tick = s.tick";
    let alone = "select count(*) as n from (select distinct host from process) a join (select distinct host from process) b \
                 on a.host = b.host";
    let keys = |paths: &[&Path]| of(paths, &format!("explain {sql}")).contains("(host@");
    assert!(!keys(&[web.root()]) && keys(&[web.root(), db.root()]));
    let (one, both) = (of(&[web.root()], sql), of(&[web.root(), db.root()], sql));
    assert_eq!((one.lines().count(), both.lines().count()), (2, 3), "{one} {both}");
    assert_eq!(one.lines().last(), both.lines().last(), "each is joined with itself");
    let (one, both) = (of(&[web.root()], outer), of(&[web.root(), db.root()], outer));
    assert!(one.ends_with(" 0") && both.ends_with(" 0") && !one.ends_with(" 0 0"), "{one} {both}");
    assert_eq!(
        (of(&[web.root()], alone), of(&[web.root(), db.root()], alone)),
        ("n\n1".into(), "n\n2".into())
    );
}
