//! An audit as one self-contained page.

use maud::{Markup, html};

use super::super::html;
use super::table::in_words;
use super::{COLUMNS, SheetRow, Worksheet, dollars};
use crate::audit::patterns::{Heap, Patterns};

/// The page: sums, findings, all lines, patterns with a chart around each threshold.
#[must_use]
pub fn page(worksheet: &Worksheet) -> String {
    let findings: Vec<&SheetRow> = worksheet.rows.iter().filter(|row| row.is_difference).collect();
    let all: Vec<&SheetRow> = worksheet.rows.iter().collect();
    let body = html! {
        header {
            h1 { "hangtime: audit" }
            p.soft { "What was charged beside what the infusion logs support." }
        }
        main #main {
            p.counts { (worksheet.counts()) }
            @if let Some(amounts) = worksheet.amounts() { p { (amounts) } }
            @if let Some(source) = &worksheet.source_of_rates { p.soft { "Rates: " (source) ". National figures without wages, contracts and coverage." } }
            @if !findings.is_empty() { h2 { "Findings" } (rows(&findings, "findings")) }
            h2 { "By code" }
            (codes(worksheet))
            @if let Some(patterns) = &worksheet.patterns { (self::patterns(patterns)) }
            h2 { "All lines" }
            (rows(&all, "audit"))
        }
        footer {
            p { "Made by hangtime " (env!("CARGO_PKG_VERSION")) " from logs and claims alone; it does not see the record. A difference is a place to look." }
        }
    };
    html::page("hangtime: audit", &body)
}

fn rows(rows: &[&SheetRow], class: &str) -> Markup {
    html! {
        div.scroll role="region" aria-label=(class) tabindex="0" {
            table class=(class) {
                thead { tr { @for name in COLUMNS { th scope="col" { (name) } } } }
                tbody { @for row in rows { tr { @for cell in row.cells() { td { (cell) } } } } }
            }
        }
    }
}

fn codes(worksheet: &Worksheet) -> Markup {
    html! {
        div.scroll role="region" aria-label="By code" tabindex="0" {
            table.codes {
                thead { tr { th scope="col" { "Code" } th.number scope="col" { "Rows" } th.number scope="col" { "Differ" }
                    th.number scope="col" { "Units charged" } th.number scope="col" { "Units supported" }
                    @if worksheet.rates.is_some() { th.number scope="col" { "Amount" } } } }
                tbody {
                    @for of in &worksheet.summary.codes {
                        tr { td.code { (of.code) } td.number { (of.rows) } td.number { (of.differences) }
                            td.number { (of.charged.normalize()) } td.number { (of.supported.normalize()) }
                            @if worksheet.rates.is_some() { td.number { (dollars(of.amount)) } } }
                    }
                }
            }
        }
    }
}

fn patterns(patterns: &Patterns) -> Markup {
    html! {
        h2 { "Patterns to look at" }
        p.soft { "None of them is an error by itself: a pump that is set to the full hour stops on the full hour." }
        ul {
            li { "Stops on the full hour: " (in_words(&patterns.full_hours)) "." }
            @for heap in &patterns.thresholds { li { "Runs of " (heap.threshold) " minutes: " (in_words(&heap.test)) "." } }
            @for group in &patterns.identical {
                li { (group.from.replace('T', " ")) " to " (group.to.replace('T', " ")) " for different patients: " (group.sessions.join(", ")) }
            }
            @if patterns.identical_more > 0 { li { "and " (patterns.identical_more) " more such groups" } }
        }
        @for heap in patterns.thresholds.iter().filter(|heap| heap.test.of > 0) { (chart(heap)) }
    }
}

/// Bars of runs by length, the threshold's told apart.
fn chart(heap: &Heap) -> Markup {
    const BAR: i64 = 30;
    const HEIGHT: u64 = 100;
    let most = heap.lengths.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
    let width = BAR * i64::try_from(heap.lengths.len()).unwrap_or(0);
    let told = heap.lengths.iter().map(|(minutes, count)| format!("{minutes} minutes: {count}")).collect::<Vec<_>>().join(", ");
    let id = format!("chart-{}", heap.threshold);
    html! {
        h3 { "Runs by length around " (heap.threshold) " minutes" }
        svg.chart viewBox={ "0 0 " (width) " " (HEIGHT + 40) } role="img" aria-labelledby={ (id) " " (id) "-told" } {
            title id=(id) { "Runs by length around " (heap.threshold) " minutes" }
            desc id={ (id) "-told" } { (told) }
            @for (at, (minutes, count)) in (0i64..).zip(&heap.lengths) {
                @let height = count * HEIGHT / most;
                @let x = at * BAR;
                rect class=(if *minutes == heap.threshold { "mark" } else { "credit" }) x=(x + 4) y=(20 + HEIGHT - height) width=(BAR - 8) height=(height) {}
                text.clock x=(x + BAR / 2) y=(16 + HEIGHT - height) text-anchor="middle" { (count) }
                text.clock x=(x + BAR / 2) y=(HEIGHT + 35) text-anchor="middle" { (minutes) }
            }
        }
    }
}
