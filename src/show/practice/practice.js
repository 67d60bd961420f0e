'use strict';
(() => {
  // What is right, why, and what each misconception would bill was worked out when the page was made; here it is compared.
  const exercises = JSON.parse(document.getElementById('exercises').textContent);
  const MOST = 3;
  const done = new Map();

  const element = (name, text, kind) => {
    const node = document.createElement(name);
    if (text !== undefined) node.textContent = text;
    if (kind) node.className = kind;
    return node;
  };

  // "96372-59" in the order of its modifiers' letters; null where it is none.
  const item = text => {
    const [code, ...modifiers] = text.toUpperCase().split('-');
    const fits = /^[A-Z0-9]{5}$/.test(code) && /[0-9]/.test(code) && modifiers.every(one => /^[A-Z0-9]{2}$/.test(one));
    return fits ? [code, ...modifiers.sort()].join('-') : null;
  };
  const units = text => {
    const number = text.toLowerCase().replace(/^[x×*]+|[x×*]+$/g, '').trim();
    if (text === '') return 1;
    return /^[0-9]{1,3}$/.test(number) ? Number(number) : null;
  };
  const plain = tally => {
    const sum = {};
    for (const [name, count] of Object.entries(tally)) {
      const code = name.split('-')[0];
      sum[code] = (sum[code] || 0) + count;
    }
    return sum;
  };

  const of = (tally, name) => (Object.hasOwn(tally, name) ? tally[name] : 0);
  const names = (...tallies) => [...new Set(tallies.flatMap(Object.keys))].sort();
  const differing = (one, other) => names(one, other).filter(name => of(one, name) !== of(other, name));
  const same = (one, other) => differing(one, other).length === 0;

  const told = (exercise, given, misread, wrong) => {
    const changed = differing(exercise.plain, misread.lines);
    return {
      misread,
      whole: changed.every(name => of(given, name) === of(misread.lines, name)),
      codes: changed.filter(name => wrong.includes(name)),
      or: [],
    };
  };
  const together = (right, one, other) => {
    const both = {};
    for (const name of names(right, one, other)) {
      const sum = of(one, name) + of(other, name) - of(right, name);
      if (sum < 0) return null;
      if (sum > 0) both[name] = sum;
    }
    return both;
  };
  const recognise = (exercise, given) => {
    const right = exercise.plain;
    const wrong = differing(right, given);
    if (wrong.length === 0) return [];
    const exact = exercise.misread.filter(misread => same(misread.lines, given));
    if (exact.length > 0) return [{ ...told(exercise, given, exact[0], wrong), or: exact.slice(1, MOST) }];
    for (const [at, one] of exercise.misread.entries()) {
      for (const other of exercise.misread.slice(at + 1)) {
        const both = together(right, one.lines, other.lines);
        if (both && same(both, given)) return [one, other].map(misread => ({ ...told(exercise, given, misread, wrong), whole: true }));
      }
    }
    const found = [];
    let left = wrong;
    while (found.length < MOST) {
      let best = null;
      for (const misread of exercise.misread) {
        const changed = differing(right, misread.lines);
        const agreed = changed.filter(name => of(given, name) === of(misread.lines, name));
        const hits = agreed.filter(name => left.includes(name)).length;
        const misses = changed.length - agreed.length;
        if (hits > 0 && hits >= misses && (best === null || hits - misses > best.score)) best = { score: hits - misses, misread };
      }
      if (best === null) break;
      const one = told(exercise, given, best.misread, left);
      one.codes = one.codes.filter(name => of(given, name) === of(best.misread.lines, name));
      left = left.filter(name => !one.codes.includes(name));
      found.push(one);
    }
    return found;
  };

  const verdict = (given, right) => {
    if (given === right) return 'right';
    if (given === 0) return `missing, ${right} ${right === 1 ? 'is' : 'are'} right`;
    if (right === 0) return 'the log does not support it';
    return given > right ? `too many, ${right} ${right === 1 ? 'is' : 'are'} right` : `too few, ${right} are right`;
  };

  const list = (box, heading, lines) => {
    if (lines.length === 0) return;
    box.append(element('h4', heading));
    const all = element('ul');
    all.append(...lines.map(line => element('li', line)));
    box.append(all);
  };

  const show = (box, exercise, answer) => {
    box.replaceChildren();
    const withModifiers = exercise.modifiers_count || Object.keys(answer).some(name => name.includes('-'));
    const right = withModifiers ? exercise.right : exercise.plain;
    const given = withModifiers ? answer : plain(answer);
    const wrong = differing(right, given);
    const allRight = wrong.length === 0;
    box.className = `marks ${allRight ? 'all-right' : 'not-yet'}`;
    box.append(element('h3', allRight ? 'All right.' : 'Not yet.'));
    const marks = element('ul', undefined, 'verdicts');
    marks.append(...names(right, given).map(name => element('li', `${name} x${of(given, name)}: ${verdict(of(given, name), of(right, name))}`)));
    box.append(marks);
    if (allRight) return true;
    const recognised = recognise(exercise, plain(answer));
    for (const { misread, whole, or } of recognised) {
      const other = misread.policy ? ` Payers differ on it: see the policy ${misread.policy}.` : '';
      const also = or.map(one => ` Or ${one.name}.`).join('');
      const says = element('p', `${whole ? 'It looks as if' : 'Perhaps'} ${misread.name}. ${misread.says}${other}${also}`, 'suggests');
      says.dataset.id = misread.id;
      box.append(says);
    }
    for (const code of new Set(wrong.map(name => name.split('-')[0]))) {
      list(box, `Why ${code}`, Object.hasOwn(exercise.why, code) ? exercise.why[code] : []);
    }
    const bears = step => recognised.length === 0 || recognised.some(one => one.misread.rules.some(rule => step.rules.includes(rule)));
    list(box, 'What bears on it', exercise.beside.filter(bears).map(step => step.text));
    return false;
  };

  const read = form => {
    const answer = {};
    let first = null;
    for (const row of form.querySelectorAll('.row')) {
      const [code, count] = row.querySelectorAll('input');
      const written = code.value.trim();
      const name = written === '' ? null : item(written);
      const number = units(count.value.trim());
      const badCode = written === '' ? count.value.trim() !== '' : name === null;
      for (const [input, bad] of [[code, badCode], [count, number === null]]) {
        input.setAttribute('aria-invalid', String(bad));
        if (bad && first === null) first = input;
      }
      if (name !== null && number) answer[name] = of(answer, name) + number;
    }
    return { answer, first };
  };

  const score = () => {
    const right = [...done.values()].filter(Boolean).length;
    document.querySelector('p.score').textContent = `${done.size} marked of ${exercises.length}, ${right} all right.`;
  };

  for (const form of document.querySelectorAll('form')) {
    const number = Number(form.dataset.exercise);
    const box = form.querySelector('.marks');
    form.querySelector('.more').addEventListener('click', () => {
      const rows = form.querySelector('.rows');
      const row = rows.lastElementChild.cloneNode(true);
      const at = rows.children.length + 1;
      row.querySelectorAll('span').forEach((span, place) => { span.textContent = `${place === 0 ? 'Code' : 'Units'} ${at}`; });
      row.querySelectorAll('input').forEach(input => { input.value = ''; input.removeAttribute('aria-invalid'); });
      rows.append(row);
      row.querySelector('input').focus();
    });
    form.addEventListener('submit', event => {
      event.preventDefault();
      const { answer, first } = read(form);
      if (first !== null) {
        box.className = 'marks not-yet';
        box.replaceChildren(element('p', first.classList.contains('code') ? 'This is no code: five letters and digits, modifiers behind hyphens.' : 'Units are a whole number.'));
        first.focus();
        return;
      }
      done.set(number, show(box, exercises[number], answer));
      score();
    });
  }
})();
