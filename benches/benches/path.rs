//! The whole path, text to text, beside merely reading the same bytes into the same structs.

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use hangtime::show::json::NdJson;
use hangtime::show::{Exporter, sheets};
use hangtime::{Options, Reference, Source, bill};
use hangtime_benches::SEED;
use hangtime_benches::shapes::Shape;
use hangtime_benches::text::{Text, parse_ndjson, parse_ron, written};

const SESSIONS: usize = 2_000;

fn main() {
    println!("seed {SEED}");
    divan::main();
}

fn text(text: Text) -> String {
    written(text, (0..SESSIONS as u64).map(|number| Shape::Mixed.session(SEED, number, 8)))
}

#[divan::bench]
fn ndjson_read_only(bencher: Bencher) {
    let text = text(Text::NdJson);
    bencher
        .counter(ItemsCount::new(SESSIONS))
        .counter(BytesCount::of_str(&text))
        .bench(|| parse_ndjson(text.as_bytes()).expect("sessions"));
}

#[divan::bench]
fn ron_read_only(bencher: Bencher) {
    let text = text(Text::Ron);
    bencher.counter(ItemsCount::new(SESSIONS)).counter(BytesCount::of_str(&text)).bench(|| parse_ron(&text).expect("sessions"));
}

#[divan::bench]
fn ron_to_bills_to_ndjson(bencher: Bencher) {
    let text = text(Text::Ron);
    let (options, reference) = (Options::default(), Reference::embedded());
    bencher.counter(ItemsCount::new(SESSIONS)).counter(BytesCount::of_str(&text)).bench(|| {
        let sources = [Source::new("list.ron", text.as_bytes())];
        let bills = bill(&sources, &options, reference);
        NdJson.export(&bills, &sheets(&bills, &sources, reference)).len()
    });
}
