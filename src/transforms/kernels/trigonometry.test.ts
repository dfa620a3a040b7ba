/** Trigonometry to the last bit, at places where V8's own is one unit off; values by mpmath with 200 bits. */
import { describe, expect, it } from 'vitest';
import { atan, cos, degrees, radians, sin, tan } from './trigonometry.ts';

describe('the nearest double', () => {
  it('of sines', () => {
    expect(sin(0.6669441742187541)).toBe(0.6185878689064271);
    expect(sin(-2.3650620647957146)).toBe(-0.7008087401356479);
    expect(sin(5.175933224436799)).toBe(-0.8944734124320193);
    expect(Object.is(sin(-0), -0)).toBe(true);
  });

  it('of cosines', () => {
    expect(cos(-5.513433905958578)).toBe(0.7180837057955717);
    expect(cos(6.9619042384095735)).toBe(0.7783776075848025);
    expect(cos(-0.5737374696175381)).toBe(0.839878241355496);
    expect(cos(0)).toBe(1);
  });

  it('of tangents', () => {
    expect(tan(4.206332920941319)).toBe(1.8044282774114315);
    expect(tan(5.3207105190567905)).toBe(-1.4359080602374998);
    expect(tan(-2.2001942840898154)).toBe(1.3732622325548831);
  });

  it('of arctangents', () => {
    expect(atan(-3.695326743675917)).toBe(-1.3065141032806251);
    expect(atan(-4.830388208766256)).toBe(-1.3666573820111136);
    expect(atan(-3.893005540335553)).toBe(-1.3193614224199732);
    expect(atan(0)).toBe(0);
  });

  it('near quarter turns, where everything cancels', () => {
    expect(cos(Math.PI / 2)).toBe(6.123233995736766e-17);
    expect(sin(Math.PI)).toBe(1.2246467991473532e-16);
    expect(cos(radians(270))).toBe(-1.8369701987210297e-16);
    expect(degrees(radians(180))).toBe(180);
  });
});
