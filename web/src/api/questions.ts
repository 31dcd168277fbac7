// What waits for a person's answer.
import { getJson, postJson } from "./http.js";
import type { Answered, Listing, NewAnswer, Question } from "./types.js";

export async function listQuestions(experiment?: string): Promise<Question[]> {
  return (await getJson<Listing<Question>>("/api/questions", { experiment })).items;
}

export function answerQuestion(answer: NewAnswer): Promise<Answered> {
  return postJson("/api/questions/answer", answer);
}
