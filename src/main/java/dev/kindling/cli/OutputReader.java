package dev.kindling.cli;

import dev.kindling.base.UnknownNameException;
import dev.kindling.checkpoint.CheckpointLayout;
import dev.kindling.checkpoint.Codec;
import dev.kindling.checkpoint.PageEncoding;
import dev.kindling.model.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads how a checkpoint is to be written. */
final class OutputReader {
  /** The element types that a checkpoint can have. */
  static final List<String> DTYPES = List.of("f32", "f64", "f16", "bf16");

  private OutputReader() {}

  /** Returns the layout that a section asks for. */
  static CheckpointLayout layout(Section output) {
    long shardBytes =
        output
            .convert("shard-bytes", output.text("shard-bytes"), ByteSize::parse)
            .orElse(CheckpointLayout.DEFAULT_SHARD_BYTES);
    ElementType dtype =
        output.convert("dtype", output.text("dtype"), OutputReader::dtype).orElse(ElementType.F32);
    Codec codec =
        output
            .convert("codec", output.text("codec"), OutputReader::codec)
            .orElse(Codec.UNCOMPRESSED);
    int level =
        output
            .convert(
                "codec-level", output.value("codec-level"), value -> level(codec, value.asText()))
            .orElse(codec.defaultLevel());
    PageEncoding encoding =
        output
            .convert("encoding", output.text("encoding"), label -> encoding(dtype, label))
            .orElse(PageEncoding.defaultOf(dtype));
    return CheckpointLayout.of(dtype, shardBytes).withEncoding(encoding).withCodec(codec, level);
  }

  static ElementType dtype(String label) {
    return ElementType.ofLabel(label)
        .filter(type -> DTYPES.contains(type.label()))
        .orElseThrow(() -> new UnknownNameException("dtype", label, DTYPES));
  }

  private static Codec codec(String label) {
    List<String> known = Arrays.stream(Codec.values()).map(Codec::label).toList();
    return Codec.ofLabel(label).orElseThrow(() -> new UnknownNameException("codec", label, known));
  }

  private static int level(Codec codec, String text) {
    Optional<Integer> level =
        Optional.of(text).filter(found -> found.matches("\\d{1,3}")).map(Integer::valueOf);
    return level
        .filter(found -> found >= codec.minLevel() && found <= codec.maxLevel())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is no level of codec %s (expected %d to %d)"
                        .formatted(text, codec.label(), codec.minLevel(), codec.maxLevel())));
  }

  private static PageEncoding encoding(ElementType dtype, String label) {
    List<String> known =
        Arrays.stream(PageEncoding.values())
            .filter(encoding -> encoding.holds(dtype))
            .map(PageEncoding::label)
            .toList();
    return PageEncoding.ofLabel(label)
        .filter(encoding -> known.contains(encoding.label()))
        .orElseThrow(() -> new UnknownNameException("encoding of " + dtype.label(), label, known));
  }
}
