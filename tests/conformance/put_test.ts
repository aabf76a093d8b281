import { type ActorHandle, kill, ObjectRef, put, SerializationError, shutdown, transfer } from "@manta/ray";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { afterAll, describe, it } from "@std/testing/bdd";
import { Values } from "./value_actors.ts";
import { type Place, PLACES } from "./places.ts";

const LARGE = 100 * 1024;

for (const place of PLACES) describe(`put and transfer, ${place.name}`, () => putting(place));

function putting({ placement, sharesMemory }: Place): void {
  afterAll(shutdown);
  // One for all tests: threads take their time to start.
  let shared: ActorHandle<Values> | undefined;
  const make = (): ActorHandle<Values> => shared ??= Values.options({ placement }).remote();

  // ray: put
  it("put() gives a ref at once whose value is a copy", async () => {
    const value = { list: [1] };
    const ref = put(value);
    assertInstanceOf(ref, ObjectRef);
    value.list.push(2);
    assertEquals(await ref, { list: [1] });
    assertEquals(await make().echo.remote(ref), { list: [1] });
  });

  // ray: put-ref, error-serialization
  it("put() refuses a ref and what cannot cross", () => {
    assertThrows(() => put(put(1)), TypeError);
    const error = assertThrows(() => put({ a: [() => {}] }), SerializationError);
    assertEquals(error.path, "value.a[0]");
  });

  // ray: put
  it("a value that was put is each callee's own", async () => {
    const ref = put(["value"]);
    const actor = make();
    await actor.spoil.remote(ref as never);
    assertEquals(await ref, ["value"]);
    assertEquals(await actor.echo.remote(ref), ["value"]);
  });

  // ray: put, object-store
  it("put() puts buffers of 100 KiB and more into shared memory, smaller ones not", async () => {
    const actor = make();
    const small = put(new Uint8Array(LARGE - 1));
    const large = put(new Uint8Array(LARGE).fill(1));
    assertEquals(await actor.isShared.remote(small), false);
    assertEquals(await actor.isShared.remote(large), sharesMemory);
    const view = await large;
    assert((view.buffer as unknown) instanceof SharedArrayBuffer);
    assertEquals(view.length, LARGE);
    // The same bytes: what one writes, against the rules, the other sees.
    await actor.write.remote(large, 5, 99);
    assertEquals(view[5], sharesMemory ? 99 : 1);
  });

  it("put() copies into shared memory: the original is not shared", async () => {
    const mine = new Uint8Array(LARGE);
    const ref = put(mine);
    mine[0] = 5;
    assertEquals(await make().byteAt.remote(ref, 0), 0);
  });

  // ray: object-store
  it("large buffers inside a value that was put are shared, and views keep offset and class", async () => {
    const floats = new Float64Array(LARGE / 4).subarray(1, 20_000).fill(0.5);
    const ref = put({ deep: [floats], small: new Uint8Array(3) });
    const got = await make().echo.remote(ref) as { deep: Float64Array[]; small: Uint8Array };
    assertInstanceOf(got.deep[0], Float64Array);
    assertEquals([got.deep[0].length, got.deep[0][7], got.small.length], [19_999, 0.5, 3]);
  });

  it("transfer() moves a buffer to the callee", async () => {
    const buffer = new Uint8Array(1_000).fill(3).buffer;
    const size = make().sizeOf.remote(transfer(buffer, [buffer]));
    assertEquals(buffer.byteLength, 0);
    assertEquals(await size, 1_000);
  });

  it("transfer() moves buffers inside a value", async () => {
    const bytes = new Uint8Array(300_000).fill(9);
    const echoed = make().echo.remote(transfer({ bytes, other: [1] }, [bytes.buffer]));
    assertEquals(bytes.length, 0);
    const got = await echoed as { bytes: Uint8Array; other: number[] };
    assertEquals([got.bytes.length, got.bytes[299_999], got.other], [300_000, 9, [1]]);
  });

  it("transfer() moves a result's buffer out of the actor", async () => {
    const actor = make();
    assertEquals((await actor.moved.remote(5_000)).byteLength, 5_000);
    assertEquals(await actor.left.remote(), 0);
  });

  it("transfer() moves nothing when the call fails", async () => {
    const buffer = new ArrayBuffer(10);
    assertThrows(
      () => make().echo.remote(transfer({ buffer, bad: () => {} }, [buffer])),
      SerializationError,
      "args[0].bad",
    );
    assertEquals(buffer.byteLength, 10);
    assertEquals(await make().sizeOf.remote(transfer(buffer, [buffer])), 10);
  });

  it("transfer() of a buffer that was moved before is an error", () => {
    const buffer = new ArrayBuffer(10);
    const actor = make();
    actor.sizeOf.remote(transfer(buffer, [buffer]));
    assertThrows(() => actor.sizeOf.remote(transfer(buffer, [buffer])));
  });

  it("transfer() refuses what cannot be moved, and a list that is none", () => {
    const value = new Uint8Array(4);
    assertThrows(() => transfer(value, [value] as never));
    assertThrows(() => transfer(value, value.buffer as never), TypeError);
    assertThrows(() => transfer(1 as never, [new ArrayBuffer(1)]), TypeError);
  });

  it("put() of a transferred value moves it", async () => {
    const bytes = new Uint8Array(200_000).fill(2);
    const ref = put(transfer(bytes, [bytes.buffer]));
    assertEquals(bytes.length, 0);
    assertEquals(await make().byteAt.remote(ref, 199_999), 2);
  });

  it("a large value outlives the actor that read it", async () => {
    const ref = put(new Uint8Array(LARGE).fill(4));
    const actor = Values.options({ placement }).remote();
    assertEquals(await actor.byteAt.remote(ref, 1), 4);
    await kill(actor);
    await assertRejects(() => Promise.resolve(actor.byteAt.remote(ref, 1)));
    assertEquals((await ref)[LARGE - 1], 4);
  });
}
